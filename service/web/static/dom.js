/**
 * Making elements. Text always becomes a text node: nothing that came from a card, a report or a stranger can
 * turn into markup.
 */

import { t } from "./i18n.js";

/** @typedef {Node | string | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `class`, `t` (key of words, or `[key, params]`), `label` (key of the
 *   `aria-label`), `on…` (listeners), `dataset`, `.…` (properties), attributes; `true` is an empty attribute,
 *   `false`, null and undefined are none
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  return furnished(document.createElement(tag), props, children);
}

/** The same for SVG. @param {string} tag @param {Record<string, any>} [props] @param {...Child} children @returns {any} */
export function svg(tag, props = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), props, children);
}

/** An icon of the set, hidden from screen readers: the word beside it says the same. @param {string} name */
export function icon(name) {
  return h("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/** Words that follow the language. @param {HTMLElement} node @param {string} key @param {Record<string, string | number>} [params] */
export function say(node, key, params) {
  node.dataset.t = key;
  if (params) node.dataset.tParams = JSON.stringify(params);
  else delete node.dataset.tParams;
  node.textContent = t(key, params);
}

/** @param {any} element @param {Record<string, any>} props @param {Child[]} children */
function furnished(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "t") say(element, ...(Array.isArray(value) ? value : [value]));
    else if (name === "label") label(element, value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A name for those who do not see it. @param {Element} element @param {string} key */
function label(element, key) {
  element.setAttribute("data-t-aria-label", key);
  element.setAttribute("aria-label", t(key));
}
