/**
 * Making elements. Text always becomes a text node: nothing that came from a card, a report or a stranger can
 * turn into markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [props] `class`, `t` (key of words), `on…` (listeners), `data-…`/attributes;
 *   `true` is an empty attribute, `false`, null and undefined are none
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  return furnished(document.createElement(tag), props, children);
}

/** The same for SVG. @param {string} tag @param {Record<string, unknown>} [props] @param {...(Node | string)} children @returns {any} */
export function svg(tag, props = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), props, children);
}

/** An icon of the set, hidden from screen readers: the word beside it says the same. @param {string} name */
export function icon(name) {
  return h("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/** @param {Element} element @param {Record<string, unknown>} props @param {(Node | string | null | undefined | false)[]} children */
function furnished(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === "t") element.setAttribute("data-t", String(value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
