/** The parts of a result. Whatever stands in a report is text, never markup. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { dayOf, daysUntil, timeOf, wordOf } from "./words.js";

/** @typedef {any} Report as `POST /v1/verify` answers */

const TONES = { authentic: "good", no_sign_of_forgery: "calm", suspect: "warn", forged: "bad", invalid: "void", inconclusive: "idle" };
/** @type {Record<string, string>} */
const TERM_TONES = { valid: "good", unlimited: "good", renewal_pending: "warn", expired: "bad" };
/** @type {Record<string, string>} */
const WORK_TONES = { unrestricted: "good", status_limited: "calm", designated: "calm", permission_limited: "calm", not_permitted: "bad" };

/** @param {Report} report */
export function verdictSection(report) {
  const tone = /** @type {Record<string, string>} */ (TONES)[report.verdict] ?? "idle";
  return h("section", { class: "verdict", "data-tone": tone, "aria-labelledby": "verdict" },
    icon(tone),
    h("div", {},
      h("h1", { id: "verdict", tabindex: "-1" }, wordOf("common.verdict", report.verdict)),
      h("p", {}, wordOf("result.verdict", `${report.verdict}.about`)),
      h("p", { class: "tag" }, wordOf("result.assurance", report.assurance))));
}

/** @param {Report} report @param {(action: string) => void} act */
export function nextSection(report, act) {
  const { next_action: action } = report;
  const can = ["retake_image", "add_side", "read_chip", "tilt_card"].includes(action);
  return h("section", { class: "card next", "aria-labelledby": "next" },
    h("h2", { id: "next", t: "result.next" }),
    h("p", {}, wordOf("result.next", action)),
    can && h("button", { type: "button", class: "primary wide", "data-act": action, onclick: () => act(action) },
      icon(action === "read_chip" ? "chip" : "camera"), h("span", { t: `result.do.${action}` })));
}

const FINE = new Set(["authentic", "no_sign_of_forgery"]);

/** @param {Report} report */
export function entitlementSection({ entitlement, verdict, reference_time: now }) {
  const { card, stay, work } = entitlement;
  const relied = FINE.has(verdict); // a card that nobody can rely on lights nothing green
  const tone = (/** @type {Record<string, string>} */ tones, /** @type {string} */ state) => (relied ? tones[state] : "idle");
  return h("section", { class: "card", "aria-labelledby": "entitlement" },
    h("h2", { id: "entitlement", t: "result.entitlement" }),
    !relied && h("p", { class: "note", "data-tone": "warn", t: "result.entitlement.about" }),
    h("dl", { class: "terms" },
      ...term("work", tone(WORK_TONES, work.state), wordOf("result.work", work.state), workParts(work)),
      ...term("stay", tone(TERM_TONES, stay.state), wordOf("result.term", stay.state), termParts(stay.until, stay, now)),
      ...term("card", tone(TERM_TONES, card.state), wordOf("result.term", card.state), termParts(card.valid_until, card, now))),
    relied && h("p", { class: "muted small", t: "result.entitlement.about" }));
}

/** @param {string} name @param {string | undefined} tone @param {string} head @param {string[]} parts */
function term(name, tone, head, parts) {
  return [h("dt", { t: `result.${name}` }),
    h("dd", { "data-tone": tone ?? "idle" }, h("strong", { class: "toned" }, head), ...parts.filter(Boolean).map((part) => h("span", {}, part)))];
}

/** @param {any} work */
function workParts(work) {
  const hours = work.hours_per_week ? t("result.hours", { hours: work.hours_per_week }) : "";
  const exceptions = (work.exceptions ?? []).map((/** @type {string} */ code) => wordOf("result.exception", code));
  return [hours, ...exceptions, work.basis ?? "", work.evidence ? wordOf("result.evidence", work.evidence) : ""];
}

/** @param {string | null} until @param {any} part @param {string} now */
function termParts(until, part, now) {
  const left = until ? daysUntil(now, until) : -1;
  return [until ? t("result.until", { date: dayOf(until) }) : "", left >= 0 ? t("result.days", { days: left }) : "",
    part.evidence ? wordOf("result.evidence", part.evidence) : ""];
}

const SPEAKS = new Set(["decisive", "supporting"]);

/** Checks by what they say. @param {Report} report */
export function sorted({ checks }) {
  const of = (/** @type {(check: any) => boolean} */ test) => checks.filter(test);
  const ill = (/** @type {any} */ check) => ["fail", "suspect"].includes(check.result);
  return {
    against: of((c) => ill(c) && SPEAKS.has(c.effect)).sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b)),
    notes: of((c) => ill(c) && !SPEAKS.has(c.effect)),
    unclear: of((c) => ["inconclusive", "error"].includes(c.result)),
    for: of((c) => c.result === "pass"),
    rest: of((c) => ["not_run", "not_applicable"].includes(c.result)),
  };
}

/** @param {any} check */
const rank = (check) => (check.effect === "decisive" ? 0 : 2) + (check.result === "fail" ? 0 : 1);

/** @param {Report} report @param {Map<string, number>} numbers of the findings on the card @param {string} lang of the messages */
export function findingsSection(report, numbers, lang) {
  const groups = sorted(report);
  const icons = { against: "warn", notes: "idle", unclear: "idle", for: "calm", rest: "void" };
  const open = new Set(["against"]);
  return h("section", { class: "card findings" },
    h("h2", { t: "result.against" }),
    groups.against.length === 0 ? h("p", { class: "calm", t: "result.nothing_against" }) : list(groups.against, numbers, lang, "warn"),
    .../** @type {const} */ (["notes", "unclear", "for", "rest"]).filter((name) => groups[name].length > 0).map((name) =>
      h("details", { open: open.has(name) },
        h("summary", {}, h("span", { t: `result.${name}` }), h("span", { class: "count" }, String(groups[name].length))),
        list(groups[name], numbers, lang, icons[name]))));
}

/** @param {any[]} checks @param {Map<string, number>} numbers @param {string} lang @param {string} sign */
function list(checks, numbers, lang, sign) {
  return h("ul", { class: "checks" }, ...checks.map((check) => {
    const number = numbers.get(check.id);
    const measured = check.measured === null || check.measured === undefined ? null
      : t("result.measured", { measured: round(check.measured), threshold: round(check.threshold) });
    return h("li", { "data-tone": check.effect === "decisive" && check.result === "fail" ? "bad" : sign },
      icon(check.effect === "decisive" && check.result === "fail" ? "bad" : sign),
      h("div", {}, number && h("span", { class: "number" }, String(number)),
        h("span", { lang }, check.message), h("span", { class: "small muted code" }, check.reason),
        measured && h("span", { class: "small muted" }, measured)));
  }));
}

/** @param {number | null | undefined} value */
const round = (value) => (value === null || value === undefined ? "–" : String(Number(value.toPrecision(3))));

/** @param {Report} report */
export function fieldsSection({ fields }) {
  if (fields.length === 0) return null;
  return h("section", { class: "card" }, h("details", {},
    h("summary", {}, h("span", { t: "result.fields" }), h("span", { class: "count" }, String(fields.length))),
    h("dl", { class: "pairs" }, ...fields.flatMap((/** @type {any} */ field) => [
      h("dt", {}, wordOf("result.field", field.name)),
      h("dd", { lang: "ja" }, field.value ?? "–",
        field.agreement === "disagree" && h("span", { class: "tag", "data-tone": "warn", t: "result.disagree" }),
        ...(field.agreement === "disagree" ? field.sources.map((/** @type {any} */ source) =>
          h("span", { class: "small muted source" }, `${wordOf("result.source", source.source)}: ${source.value ?? source.raw ?? "–"}`)) : []))]))));
}

/** @param {Report} report */
export function limitsSection({ limits }) {
  if (limits.length === 0) return null;
  return h("section", { class: "card" }, h("h2", { t: "result.limits" }),
    h("ul", { class: "limits" }, ...limits.map((/** @type {string} */ code) => h("li", {}, wordOf("result.limit", code)))));
}

/** @param {Report} report */
export function recordSection(report) {
  return h("section", { class: "card record" },
    h("dl", { class: "pairs" },
      h("dt", { t: "result.record" }), h("dd", { class: "mono" }, report.id),
      h("dt", { t: "result.at" }), h("dd", {}, timeOf(report.created_at)),
      ...(report.client_reference ? [h("dt", { t: "result.reference" }), h("dd", {}, report.client_reference)] : [])));
}
