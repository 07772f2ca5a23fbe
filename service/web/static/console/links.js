/** Other reports with the same number or a like photograph, and how alike the rest of them is. */

import * as asking from "./asking.js";
import { h, icon } from "../dom.js";
import { tag } from "./dom.js";
import { percent, shortId, toneOf, when } from "./format.js";

/** @param {string} id @returns {import("./case.js").Part} */
export function linksPart(id) {
  const place = h("div", { "aria-busy": "true" });
  load(id, place);
  return { node: h("section", { class: "card", "aria-labelledby": "links-title" }, h("h2", { id: "links-title", t: "console.links" }), h("p", { class: "small muted", t: "console.links.about" }), place) };
}

/** @param {string} id @param {HTMLElement} place */
async function load(id, place) {
  try {
    const links = await asking.links(id);
    place.replaceChildren(links.length ? h("ul", { class: "links" }, ...links.map(row)) : h("p", { class: "muted", t: "console.links.none" }));
  } catch (error) {
    place.replaceChildren(h("p", { class: "fault", role: "alert" }, asking.faultText(error)));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** @param {any} link */
function row(link) {
  const other = ["name", "birth"].some((part) => link[`${part}_likeness`] !== null && link[`${part}_likeness`] < 0.5);
  return h(
    "li",
    {},
    h("div", { class: "row spread" }, tag(`common.verdict.${link.verdict}`, toneOf(link.verdict)), when(link.seen_at), h("a", { class: "button", href: `#/queue/${link.id}` }, h("span", { t: "console.links.open" }), " ", h("span", { class: "mono" }, shortId(link.id)))),
    h(
      "dl",
      { class: "numbers" },
      pair("number", h("dd", { t: `console.links.number.${link.same_number === null ? "unread" : link.same_number ? "same" : "other"}` })),
      ...["name", "birth", "photo"].map((part) => pair(part, h("dd", {}, percent(link[`${part}_likeness`])))),
    ),
    link.same_number && other ? h("p", { class: "toned small row", dataset: { tone: "warn" } }, icon("warn"), h("strong", { t: "console.links.other_data" })) : null,
  );
}

/** @param {string} name @param {HTMLElement} value */
function pair(name, value) {
  return h("div", {}, h("dt", { t: `console.links.${name}` }), value);
}
