/**
 * Nodes without markup: whatever comes from a card, a client or a colleague is only ever text here.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 */

import { t } from "../i18n.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `t` (a key, or `[key, params]`) gives words that follow the language; `on` listens; `class`,
 * `dataset` and properties that start with `.` are set as such; everything else is an attribute, left out where
 * it is null or false.
 *
 * @param {string} tag
 * @param {Record<string, any>} [given]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, given = {}, ...children) {
  return filled(document.createElement(tag), given, children);
}

/** An element of a drawing. @param {string} tag @param {Record<string, any>} given @param {...Child} children */
export function svg(tag, given = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), given, children);
}

/** @param {any} made @param {Record<string, any>} given @param {Child[]} children */
function filled(made, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "t") say(made, ...(Array.isArray(value) ? value : [value]));
    else if (name === "label") label(made, value);
    else if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (name === "dataset") Object.assign(made.dataset, value);
    else if (name.startsWith(".")) made[name.slice(1)] = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode));
  return made;
}

/** @param {any} child @returns {Node | string} */
function asNode(child) {
  return child instanceof Node ? child : String(child);
}

/** Words that follow the language. @param {HTMLElement} node @param {string} key @param {Record<string, any>} [params] */
export function say(node, key, params) {
  node.dataset.t = key;
  if (params) node.dataset.tParams = JSON.stringify(params);
  else delete node.dataset.tParams;
  node.textContent = t(key, params);
}

/** A name for those who do not see it. @param {Element} node @param {string} key */
function label(node, key) {
  node.setAttribute("data-t-aria-label", key);
  node.setAttribute("aria-label", t(key));
}

/** A button that does something. @param {string} key @param {() => void} act @param {Record<string, any>} [given] */
export function button(key, act, given = {}) {
  return h("button", { type: "button", t: key, on: { click: act }, ...given });
}

/** A word in its tone with an icon, so that colour never speaks alone. @param {string} key @param {string} tone */
export function tag(key, tone) {
  return h("span", { class: "tag toned", dataset: { tone } }, h("span", { class: `icon icon-${tone}`, "aria-hidden": "true" }), h("span", { t: key }));
}

/** Say something to those who do not see the page. @param {string} text */
export function announce(text) {
  const place = document.getElementById("said");
  if (place) place.textContent = text;
}
