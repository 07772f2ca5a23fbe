/** A short text to turn the phone round with: polite, in the holder's language, and never accusing. */

import { h } from "../dom.js";
import { t, translate } from "../i18n.js";

const FILE = new URL("../locales/holder.json", import.meta.url);
const TEXTS = /** @type {Record<string, string>} */ ({ retake_image: "retake", add_side: "retake", read_chip: "chip", tilt_card: "tilt" });
const FINE = new Set(["authentic", "no_sign_of_forgery"]);

/** Which text: what comes next, thanks where nothing does, and otherwise that somebody looks again. @param {any} report */
export function holderText({ verdict, next_action: action }) {
  if (action in TEXTS) return TEXTS[action];
  return FINE.has(verdict) && action === "none" ? "finished" : "look";
}

/** Show it, full screen. @param {any} report @param {HTMLElement} parent */
export async function showHolder(report, parent) {
  const answer = await fetch(FILE, { credentials: "omit" });
  if (!answer.ok) throw new Error(`no texts for the holder (${answer.status})`);
  const texts = await answer.json();
  const words = h("p", { class: "holder-text", role: "status" });
  const choose = (/** @type {string} */ code) => {
    words.textContent = texts[code][holderText(report)];
    words.lang = code === "ja-easy" ? "ja" : code;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === code));
  };
  const buttons = Object.keys(texts).map((code) => h("button", {
    type: "button", value: code, lang: code === "ja-easy" ? "ja" : code, onclick: () => choose(code),
  }, texts[code].name));
  const close = h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("result.holder.close"));
  const dialog = h("dialog", { class: "holder", "data-t-aria-label": "result.holder" },
    h("div", { class: "row holder-languages" }, ...buttons), words, h("footer", {}, close));
  dialog.addEventListener("close", () => dialog.remove());
  parent.append(dialog);
  translate(dialog);
  choose("ja-easy");
  dialog.showModal();
}
