/** Every step of a review: who, when, what and why. */

import { h } from "../dom.js";
import { shortId, when } from "./format.js";

/** @param {any} review */
export function historyList(review) {
  const steps = review.history ?? [];
  if (!steps.length) return h("p", { class: "small muted", t: "console.history.none" });
  return h("div", {}, h("h3", { t: "console.history" }), h("ol", { class: "history" }, ...steps.map((step) => row(step, review.people ?? {}))));
}

/** @param {any} step @param {Record<string, string>} people */
function row(step, people) {
  return h(
    "li",
    {},
    h("p", { class: "small" }, h("strong", { t: `console.step.${step.action}` }), " ", h("span", {}, people[step.actor] ?? shortId(step.actor)), " ", when(step.at)),
    step.decision ? h("p", { class: "small", t: `console.decision.${step.decision}` }) : null,
    step.reason ? h("blockquote", {}, step.reason) : null,
  );
}
