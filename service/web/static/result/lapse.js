/** The issuer's inquiry about the card number: a link for a person, and a form for what it answered. */

import { api, ApiError } from "../api.js";
import { h, icon } from "../dom.js";
import { languageTag, t } from "../i18n.js";
import { timeOf, wordOf } from "./words.js";

const ANSWERS = ["not_lapsed", "lapsed", "unknown"];

/**
 * @param {any} report
 * @param {(report: any) => void} changed with the report that the answer has changed
 */
export function lapseSection(report, changed) {
  const section = h("section", { class: "card lapse" });
  const body = h("div", {});
  section.append(h("details", { ontoggle: () => fill(body, report, changed) }, h("summary", {}, h("span", { t: "result.lapse" })), body));
  return section;
}

/** @param {HTMLElement} body @param {any} report @param {(report: any) => void} changed */
async function fill(body, report, changed) {
  if (body.childElementCount > 0) return;
  try {
    const guide = await api(`/v1/verifications/${report.id}/lapse-inquiry`);
    body.replaceChildren(...shown(guide, (values) => record(body, report, values, changed)));
  } catch (error) {
    body.replaceChildren(h("p", { class: "muted" }, fault(error)));
  }
}

/** @param {unknown} error */
function fault(error) {
  if (!(error instanceof ApiError) || error.status === 0) return t("common.unreachable");
  return error.status === 404 ? t("result.lapse.needs_store") : (error.problem.detail ?? error.message);
}

/** @param {any} guide @param {(values: FormData) => void} save */
function shown(guide, save) {
  const typed = [guide.type_in.card_number, guide.type_in.card_valid_until].filter(Boolean).join(" · ");
  const last = guide.recorded.at(-1);
  const link = safeLink(guide.url);
  return [
    h("p", {}, t("result.lapse.how")),
    link && h("p", {}, h("a", { class: "button wide", href: link, target: "_blank", rel: "noopener noreferrer" }, icon("link"), t("result.lapse.open"))),
    typed && h("dl", { class: "pairs" }, h("dt", {}, t("result.lapse.type")), h("dd", { class: "mono" }, typed)),
    last && h("p", { class: "note" }, t("result.lapse.recorded", {
      result: wordOf("result.lapse", last.result), date: last.at ? timeOf(last.at) : "–", by: last.by ?? "–" })),
    form(save),
  ].filter(Boolean);
}

/** The address of the issuer's page; none that is not https. @param {string} address */
function safeLink(address) {
  return URL.canParse(address) && new URL(address).protocol === "https:" ? address : null;
}

/** @param {(values: FormData) => void} save */
function form(save) {
  return h("form", { class: "stack", onsubmit: (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    save(new FormData(/** @type {HTMLFormElement} */ (event.target)));
  } },
  h("fieldset", {}, h("legend", {}, t("result.lapse.result")),
    ...ANSWERS.map((value) => h("label", { class: "choice" },
      h("input", { type: "radio", name: "result", value, required: true }), t(`result.lapse.${value}`)))),
  h("div", { class: "field" }, h("label", { for: "lapse-by" }, t("result.lapse.by")),
    h("input", { id: "lapse-by", name: "by", required: true, maxlength: 200, autocomplete: "off" })),
  h("p", { class: "fault", role: "alert" }),
  h("button", { type: "submit", class: "wide" }, t("result.lapse.record")));
}

/** @param {HTMLElement} body @param {any} report @param {FormData} values @param {(report: any) => void} changed */
async function record(body, report, values, changed) {
  const asked = { result: values.get("result"), by: values.get("by"), at: new Date().toISOString().replace(/\.\d+/u, "") };
  try {
    const headers = { "Accept-Language": languageTag() };
    changed(await api(`/v1/verifications/${report.id}/lapse-inquiry`, { method: "POST", body: asked, headers }));
  } catch (error) {
    const line = body.querySelector(".fault");
    if (line) line.textContent = fault(error);
  }
}
