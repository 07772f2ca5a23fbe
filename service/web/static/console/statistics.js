/** How often people agreed with the service, in numbers and as bars. */

import * as asking from "./asking.js";
import { h, svg } from "../dom.js";
import { faultNote } from "./dom.js";
import { percent } from "./format.js";

const DECISIONS = Object.freeze(["genuine", "report_as_forged", "not_in_force", "cannot_tell"]);

/** @returns {import("./console.js").Room} */
export function statisticsRoom() {
  const body = h("div", { class: "stack", "aria-busy": "true" });
  const node = h("div", { class: "page page-wide" }, h("h1", { t: "console.room.statistics" }), h("p", { class: "muted", t: "console.statistics.about" }), body);
  load(body);
  return { node };
}

/** @param {HTMLElement} body */
async function load(body) {
  try {
    body.replaceChildren(...shown(await asking.statistics()));
  } catch (error) {
    body.replaceChildren(faultNote(asking.faultText(error)));
  } finally {
    body.removeAttribute("aria-busy");
  }
}

/** @param {any} counted */
function shown(counted) {
  if (!counted.decided) return [h("p", { class: "muted", t: "console.statistics.none" })];
  return [
    h("div", { class: "figures" }, figure("console.statistics.decided", String(counted.decided)), figure("console.statistics.confirmed", percent(counted.suspect_confirmed))),
    h("section", { class: "card scroll", tabindex: "0", "aria-labelledby": "agreement-title" }, h("h2", { id: "agreement-title", t: "console.statistics.agreement" }), table(counted.counts)),
  ];
}

/** @param {string} name @param {string} value */
function figure(name, value) {
  return h("div", { class: "card figure" }, h("p", { class: "figure-value" }, value), h("p", { class: "small muted", t: name }));
}

/** @param {Record<string, Record<string, number>>} counts */
function table(counts) {
  const head = h("tr", {}, h("th", { scope: "col", t: "console.statistics.said" }), ...DECISIONS.map((one) => h("th", { scope: "col", t: `console.decision.${one}` })));
  const rows = Object.entries(counts).map(([verdict, by]) => {
    const total = Object.values(by).reduce((sum, one) => sum + one, 0);
    return h("tr", {}, h("th", { scope: "row", t: `common.verdict.${verdict}` }), ...DECISIONS.map((one) => h("td", {}, share(by[one] ?? 0, total))));
  });
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows));
}

/** @param {number} count @param {number} total */
function share(count, total) {
  return h(
    "span",
    { class: "share" },
    `${count} (${percent(total ? count / total : 0)})`,
    svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "ground", width: 100, height: 6 }), svg("rect", { class: "reach", width: total ? (100 * count) / total : 0, height: 6 })),
  );
}
