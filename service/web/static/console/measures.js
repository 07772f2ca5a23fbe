/** Every check with its measure against its threshold: in words, in numbers, and as a bar with its middle marked. */

import { languageEvents } from "../i18n.js";
import { h, svg } from "../dom.js";
import { button, tag } from "./dom.js";
import { number, toneOf } from "./format.js";
import { checkText } from "./words.js";

const ORDER = Object.freeze(["fail", "suspect", "error", "inconclusive", "pass", "not_run", "not_applicable"]);
const SHOWN = Object.freeze({
  against: ["fail", "suspect", "error"],
  open: ["inconclusive"],
  measured: [],
  all: ORDER,
});

/**
 * @param {any} report
 * @param {(region: any) => void} point shows a place on the card
 * @returns {import("./case.js").Part}
 */
export function measuresPart(report, point) {
  const checks = [...report.checks].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
  const rows = h("div", { role: "rowgroup" });
  const tabs = Object.keys(SHOWN).map((name) =>
    h("button", { type: "button", dataset: { name }, onclick: () => show(name) }, h("span", { t: `console.measures.${name}` }), h("span", { class: "count" }, String(chosen(checks, name).length))),
  );
  let shown = chosen(checks, "against").length ? "against" : "measured";

  /** @param {string} name */
  function show(name) {
    shown = name;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.name === name));
    const found = chosen(checks, name);
    rows.replaceChildren(...(found.length ? found.map((check) => row(check, point)) : [nothing()]));
  }

  const follow = () => show(shown);
  languageEvents.addEventListener("languagechange", follow);
  show(shown);
  const node = h(
    "section",
    { class: "card", "aria-labelledby": "measures-title" },
    h("h2", { id: "measures-title", t: "console.measures" }),
    h("p", { class: "small muted", t: "console.measures.about" }),
    h("div", { class: "row tools" }, ...tabs),
    h("div", { class: "measures", role: "table", "aria-labelledby": "measures-title" }, head(), rows),
  );
  return { node, leave: () => languageEvents.removeEventListener("languagechange", follow) };
}

/** @param {any[]} checks @param {string} name */
function chosen(checks, name) {
  if (name === "measured") return checks.filter((check) => check.margin !== null || check.measured !== null);
  return checks.filter((check) => SHOWN[/** @type {keyof typeof SHOWN} */ (name)].includes(check.result));
}

function head() {
  const names = ["result", "check", "measure", "margin"];
  return h("div", { role: "rowgroup", class: "measures-head" }, h("div", { role: "row", class: "measure" }, ...names.map((name) => h("div", { role: "columnheader", t: `console.measures.${name}` }))));
}

function nothing() {
  return h("div", { role: "row" }, h("div", { role: "cell", class: "empty", t: "console.measures.nothing" }));
}

/** @param {any} check @param {(region: any) => void} point */
function row(check, point) {
  const words = h("span", {});
  checkText(check).then((text) => (words.textContent = text));
  const numbers = check.measured === null && check.threshold === null
    ? h("span", { class: "muted", t: "console.measures.none" })
    : h("dl", { class: "numbers" }, h("dt", { t: "console.measures.measured_value" }), h("dd", {}, number(check.measured)), h("dt", { t: "console.measures.threshold" }), h("dd", {}, number(check.threshold)));
  return h(
    "div",
    { role: "row", class: "measure" },
    h("div", { role: "cell" }, tag(`console.result.${check.result}`, toneOf(check.result))),
    h("div", { role: "cell" }, words, h("code", { class: "small muted code" }, check.id), h("span", { class: "small muted", t: `console.effect.${check.effect}` }), check.region ? button("console.measures.where", () => point(check.region), { class: "quiet small" }) : null),
    h("div", { role: "cell" }, numbers),
    h("div", { role: "cell" }, check.margin === null ? h("span", { class: "muted", t: "console.measures.none" }) : margin(check.margin)),
  );
}

/** A bar from the middle: to the right it speaks for the card, to the left against. @param {number} value -1 … 1 */
function margin(value) {
  const reach = Math.min(1, Math.abs(value)) * 50;
  const side = value < 0 ? "against" : "for";
  return h(
    "div",
    { class: "margin", dataset: { side } },
    svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "ground", width: 100, height: 10 }), svg("rect", { class: "reach", x: value < 0 ? 50 - reach : 50, width: reach, height: 10 }), svg("rect", { class: "middle", x: 49.5, width: 1, height: 10 })),
    h("span", { class: "small", t: [`console.margin.${side}`, { margin: value.toFixed(2) }] }),
  );
}
