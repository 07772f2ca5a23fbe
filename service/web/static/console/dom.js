/** Elements of the desk, beside those that every page makes. */

import { h, icon } from "../dom.js";

/** A button that does something. @param {string} key @param {() => void} act @param {Record<string, any>} [given] */
export function button(key, act, given = {}) {
  return h("button", { type: "button", t: key, onclick: () => act(), ...given });
}

/** A word in its tone with an icon, so that colour never speaks alone. @param {string} key @param {string} tone */
export function tag(key, tone) {
  return h("span", { class: "tag toned", dataset: { tone } }, icon(tone), h("span", { t: key }));
}

/** A plain fault in the place of what could not be had. @param {string} text */
export function faultNote(text) {
  return h("p", { class: "note", dataset: { tone: "bad" }, role: "alert" }, text);
}

/** Say something to those who do not see the page. @param {string} text */
export function announce(text) {
  const place = document.getElementById("said");
  if (place) place.textContent = text;
}
