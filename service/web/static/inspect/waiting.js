/**
 * Captures that could not be sent: kept where the person wants that, sent when the connection is back by whoever
 * is signed in then, and what came of them.
 */

import "../offline-panel.js";
import { api, ApiError } from "../api.js";
import { h, icon } from "../dom.js";
import { language, t } from "../i18n.js";
import { enabled, enqueue, flushWhenOnline, isRefusal } from "../offline-queue.js";

const TONES = /** @type {Record<string, string>} */ ({ authentic: "good", no_sign_of_forgery: "calm", suspect: "warn", forged: "bad", invalid: "void" });
const place = h("div", { id: "waiting", class: "page", role: "status", hidden: true });
let sending = false;

/**
 * Keep a capture that failed for want of a connection. Whether it was kept: where it was not, it stays on the page.
 *
 * @param {any} capture a `<card-capture>`
 * @param {{reason: string, fatal: boolean}} fault detail of its `capture-error`; `fatal` before anything was taken
 */
export async function keptForLater(capture, { reason, fatal }) {
  if (reason !== "unreachable" || fatal || capture.taken.size === 0 || !enabled()) return false;
  const { form, key } = capture.unsent();
  try {
    await enqueue(form, key);
  } catch {
    return false; // no room: the page says that the pictures are still there
  }
  tell(h("p", { class: "note", "data-tone": "warn", t: "common.offline.kept" }));
  return true;
}

/** Send what waits, now and whenever the connection comes back. @param {HTMLElement} content where the page begins */
export function sendWaiting(content) {
  content.before(place);
  if (sending) return;
  sending = true;
  flushWhenOnline(send);
}

/** @param {FormData} form @param {string} once */
async function send(form, once) {
  const headers = { "Idempotency-Key": once, "Accept-Language": language() };
  const report = await api("/v1/verify", { method: "POST", body: form, headers }).catch((error) => {
    if (error instanceof ApiError && isRefusal(error.status)) {
      tell(h("p", { class: "note", "data-tone": "bad", t: ["common.offline.refused", { why: error.problem.detail ?? error.message }] }));
    }
    throw error;
  });
  const tone = TONES[report.verdict] ?? "idle";
  tell(h("p", { class: "note row", "data-tone": tone }, icon(tone), h("span", { t: "common.offline.sent" }),
    h("strong", { t: `common.verdict.${report.verdict}` }), h("a", { class: "button", href: `#${report.id}`, t: "common.offline.open" })));
}

/** @param {HTMLElement} line */
function tell(line) {
  place.hidden = false;
  place.append(line);
  place.setAttribute("aria-label", t("common.offline.title"));
}
