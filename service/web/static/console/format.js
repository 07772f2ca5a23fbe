/** Dates, numbers and names as people of the desk read them. */

import { languageTag } from "../i18n.js";
import { h } from "../dom.js";

const TONES = Object.freeze({
  authentic: "good",
  no_sign_of_forgery: "calm",
  suspect: "warn",
  forged: "bad",
  invalid: "void",
  inconclusive: "idle",
  pass: "good",
  fail: "bad",
  error: "void",
});

/** The tone of a verdict or a result. @param {string} value */
export function toneOf(value) {
  return TONES[/** @type {keyof typeof TONES} */ (value)] ?? "idle";
}

/** A moment as an element that `formatTimes` keeps in the language. @param {string | null} moment */
export function when(moment) {
  if (moment === null) return h("span", {}, "–");
  const node = h("time", { datetime: moment });
  node.textContent = shortTime(moment);
  return node;
}

/** Put every moment below a node into the language in force. @param {ParentNode} root */
export function formatTimes(root) {
  for (const node of root.querySelectorAll("time")) node.textContent = shortTime(node.dateTime);
}

/** @param {string} moment */
function shortTime(moment) {
  const asked = { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(languageTag(), /** @type {Intl.DateTimeFormatOptions} */ (asked)).format(new Date(moment));
}

/** A number with as many places as tell something. @param {number | null} value */
export function number(value) {
  if (value === null) return "–";
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return new Intl.NumberFormat(languageTag(), { maximumFractionDigits: places }).format(value);
}

/** A share in per cent. @param {number | null} share */
export function percent(share) {
  return share === null ? "–" : new Intl.NumberFormat(languageTag(), { style: "percent" }).format(share);
}

/** The last signs of an id: enough to tell two apart by eye. @param {string} id */
export function shortId(id) {
  return id.slice(-6);
}
