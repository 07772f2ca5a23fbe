/**
 * What people decide: take the case up, decide it with a reason, be the second person for a report as forged.
 * What was typed stays when a step fails or the language changes.
 */

import { session } from "../api.js";
import { t } from "../i18n.js";
import * as asking from "./asking.js";
import { h } from "../dom.js";
import { announce, button } from "./dom.js";
import { shortId, when } from "./format.js";
import { historyList } from "./history.js";
import { bindKeys } from "./shortcuts.js";

const DECISIONS = Object.freeze(["genuine", "report_as_forged", "not_in_force", "cannot_tell"]);

/** @param {any} first the review as it was read @param {() => void} changed @returns {import("./case.js").Part} */
export function decisionPart(first, changed) {
  const { id } = first;
  const me = session()?.key_id ?? "";
  const fault = h("p", { class: "fault", role: "alert", tabindex: "-1" });
  const place = h("div", { class: "stack" });
  const past = h("div", {});
  const node = h(
    "section",
    { class: "card decision", "aria-labelledby": "decision-title" },
    h("h2", { id: "decision-title", t: "console.decision", tabindex: "-1" }),
    fault,
    place,
    past,
  );
  let review = first;

  /** @param {"claim" | "release" | "decision" | "second"} step @param {object} [body] */
  async function take(step, body) {
    fault.textContent = "";
    node.setAttribute("aria-busy", "true");
    try {
      await asking.take(id, step, body);
      review = (await asking.review(id)) ?? review;
      render();
      announce(t(`console.state.${review.state}`));
      changed();
    } catch (error) {
      fault.textContent = asking.faultText(error);
      fault.focus();
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  function render() {
    place.replaceChildren(stateLine(review), ...controls());
    past.replaceChildren(historyList(review));
  }

  function controls() {
    const mine = review.claimed_by === me;
    if (review.state === "open") return [h("p", { class: "muted", t: "console.claim.about" }), button("console.claim", () => take("claim"), { class: "primary" })];
    if (review.state === "claimed" && mine) return [decisionForm(take), button("console.release", () => take("release"), { class: "quiet" })];
    if (review.state === "claimed") return [h("p", { class: "note", t: "console.claimed_by_other" })];
    if (review.state === "awaiting_second" && review.decided_by === me) return [h("p", { class: "note", dataset: { tone: "warn" }, t: "console.second.not_you" })];
    if (review.state === "awaiting_second") return [secondForm(take)];
    return [];
  }

  const unbind = bindKeys({
    c: () => review.state === "open" && take("claim"),
    d: () => /** @type {HTMLElement} */ (place.querySelector("input, textarea, button") ?? node.querySelector("h2")).focus(),
  });
  render();
  return { node, leave: unbind };
}

/** @param {any} review */
function stateLine(review) {
  const holder = review.state === "claimed" ? review.claimed_by : review.decided_by;
  return h(
    "dl",
    { class: "pairs small facts" },
    h("dt", { t: "console.state" }),
    h("dd", { t: `console.state.${review.state}` }),
    ...(holder ? [h("dt", { t: "console.person" }), h("dd", {}, review.people?.[holder] ?? shortId(holder))] : []),
    ...(review.decision ? [h("dt", { t: "console.decision" }), h("dd", { t: `console.decision.${review.decision}` })] : []),
    ...(review.claimed_until ? [h("dt", { t: "console.claimed_until" }), h("dd", {}, when(review.claimed_until))] : []),
  );
}

/** @param {(step: "decision", body: object) => void} take */
function decisionForm(take) {
  const name = `decision-${Math.random().toString(36).slice(2)}`;
  const choices = DECISIONS.map((value) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name, value, required: true }), h("span", {}, h("strong", { t: `console.decision.${value}` }), h("span", { class: "small muted block", t: `console.decision.${value}.about` }))),
  );
  const reason = reasonField();
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const decision = /** @type {string} */ (new FormData(form).get(name));
    const send = () => take("decision", { decision, reason: reason.value() });
    if (decision === "report_as_forged") confirm(send);
    else send();
  };
  return h("form", { class: "stack", onsubmit: submit }, h("fieldset", {}, h("legend", { t: "console.decision.legend" }), ...choices), reason.node, h("button", { class: "primary", t: "console.decision.send" }));
}

/** @param {(step: "second", body: object) => void} take */
function secondForm(take) {
  const reason = reasonField();
  const form = h(
    "form",
    { class: "stack", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h("p", { class: "note", dataset: { tone: "warn" }, t: "console.second.about" }),
    reason.node,
    h("div", { class: "row" }, second("console.second.agree", true, "danger"), second("console.second.disagree", false, "")),
  );
  /** @param {string} key @param {boolean} agrees @param {string} kind */
  function second(key, agrees, kind) {
    const send = () => form.reportValidity() && take("second", { agrees, reason: reason.value() });
    return button(key, send, { class: kind });
  }
  return form;
}

function reasonField() {
  const id = `reason-${Math.random().toString(36).slice(2)}`;
  const text = h("textarea", { id, required: true, minlength: "3", maxlength: "2000", "aria-describedby": `${id}-hint` });
  const node = h("div", { class: "field" }, h("label", { for: id, t: "console.reason" }), text, h("p", { id: `${id}-hint`, class: "small muted", t: "console.reason.hint" }));
  return { node, value: () => text.value.trim() };
}

/** Ask once more before a report as forged. @param {() => void} send */
function confirm(send) {
  const dialog = h("dialog", { "aria-labelledby": "confirm-title", "aria-describedby": "confirm-about" });
  const go = () => {
    dialog.close();
    send();
  };
  dialog.append(
    h("h2", { id: "confirm-title", t: "console.confirm.title" }),
    h("p", { id: "confirm-about", t: "console.confirm.about" }),
    h("footer", {}, button("console.confirm.no", () => dialog.close(), { autofocus: true }), button("console.confirm.yes", go, { class: "danger" })),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
