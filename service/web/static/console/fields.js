/** What was read, field by field and source by source. All of it is text of a stranger. */

import { h } from "../dom.js";
import { tag } from "./dom.js";

const TONES = Object.freeze({ agree: "good", disagree: "bad", single: "idle" });

/** @param {any} report @returns {import("./case.js").Part} */
export function fieldsPart(report) {
  const sources = [...new Set(report.fields.flatMap((field) => field.sources.map((one) => one.source)))];
  const node = h(
    "section",
    { class: "card", "aria-labelledby": "fields-title" },
    h("h2", { id: "fields-title", t: "console.fields" }),
    report.fields.length ? h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "fields-title" }, table(report.fields, sources)) : h("p", { class: "muted", t: "console.fields.none" }),
  );
  return { node };
}

/** @param {any[]} fields @param {string[]} sources */
function table(fields, sources) {
  const head = h("tr", {}, h("th", { scope: "col", t: "console.fields.field" }), ...sources.map((one) => h("th", { scope: "col", t: `console.source.${one}` })), h("th", { scope: "col", t: "console.fields.agreement" }));
  const rows = fields.map((field) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", t: `console.field.${field.name}` }),
      ...sources.map((source) => h("td", {}, value(field.sources.find((one) => one.source === source)))),
      h("td", {}, tag(`console.agreement.${field.agreement}`, TONES[/** @type {keyof typeof TONES} */ (field.agreement)])),
    ),
  );
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows));
}

/** @param {any} reading */
function value(reading) {
  if (!reading) return h("span", { class: "muted" }, "–");
  return h("span", {}, reading.value ?? reading.raw ?? "–");
}
