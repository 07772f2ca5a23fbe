/** One case: what the service says, the pictures, the measures, what is linked, and what people decide. */

import { languageEvents, t } from "../i18n.js";
import * as asking from "./asking.js";
import { h } from "../dom.js";
import { faultNote } from "./dom.js";
import { decisionPart } from "./decision.js";
import { fieldsPart } from "./fields.js";
import { toneOf, percent, shortId, when } from "./format.js";
import { linksPart } from "./links.js";
import { measuresPart } from "./measures.js";
import { picturesPart } from "./pictures.js";
import { reasonText } from "./words.js";

/** @typedef {{node: HTMLElement, leave?: () => void}} Part */

/**
 * @param {string} id
 * @param {() => void} changed told when the review was taken a step further
 */
export function caseView(id, changed) {
  const heading = h("h1", { tabindex: "-1", class: "case-id" }, h("span", { t: "console.case" }), " ", h("span", { class: "mono" }, shortId(id)));
  const body = h("div", { class: "stack", "aria-busy": "true" });
  const node = h("article", { class: "stack" }, h("header", { class: "case-head" }, heading), body);
  /** @type {Part[]} */
  let parts = [];
  let left = false;

  async function load() {
    try {
      const [report, review, kept] = await Promise.all([asking.report(id), asking.review(id), asking.keptParts(id)]);
      if (!left) show(report, review, kept);
    } catch (error) {
      if (!left) body.replaceChildren(faultNote(asking.faultText(error)));
    } finally {
      body.removeAttribute("aria-busy");
    }
  }

  /** @param {any} report @param {any} review @param {string[]} kept */
  function show(report, review, kept) {
    const pictures = picturesPart(report, kept);
    parts = [
      saidPart(report),
      pictures,
      ...(review ? [decisionPart(review, changed)] : [{ node: h("p", { class: "note", t: "console.no_review" }) }]),
      measuresPart(report, pictures.point),
      fieldsPart(report),
      linksPart(id),
    ];
    body.replaceChildren(...parts.map((part) => part.node));
  }

  load();
  return {
    node,
    leave() {
      left = true;
      for (const part of parts) part.leave?.();
    },
  };
}

/** What the service says: verdict, ground, next step. @param {any} report @returns {Part} */
function saidPart(report) {
  const reason = h("p", { class: "said" });
  const follow = async () => (reason.textContent = await reasonText(report.verdict_reason));
  follow();
  languageEvents.addEventListener("languagechange", follow);
  const score = report.forgery_score;
  const node = h(
    "section",
    { class: "card said-card", dataset: { verdict: report.verdict }, "aria-labelledby": "said-title" },
    h("h2", { id: "said-title", class: "verdict toned" }, h("span", { class: `icon icon-${toneOf(report.verdict)}`, "aria-hidden": "true" }), h("span", { t: `common.verdict.${report.verdict}` })),
    reason,
    h(
      "dl",
      { class: "pairs small facts" },
      ...pair("console.next", h("span", { t: `console.next.${report.next_action}` })),
      ...pair("console.assurance", h("span", { t: `console.assurance.${report.assurance}` })),
      ...(score ? pair("console.score", `${percent(score.value)} `, h("span", { class: "muted", t: ["console.score.prior", { prior: percent(score.prior) }] })) : []),
      ...pair("console.layout", h("span", { class: "mono" }, report.document.layout ?? t("console.layout.none"))),
      ...pair("console.received", when(report.created_at)),
      ...(report.client_reference ? pair("console.reference", report.client_reference) : []),
      ...pair("console.record", h("span", { class: "mono" }, report.id)),
    ),
    report.trust_profile === "production" ? null : h("p", { class: "small muted", t: "console.not_production" }),
  );
  return { node, leave: () => languageEvents.removeEventListener("languagechange", follow) };
}

/** @param {string} name @param {...any} value */
function pair(name, ...value) {
  return [h("dt", { t: name }), h("dd", {}, ...value)];
}
