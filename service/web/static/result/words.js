/** Values of a report in words. */

import { known, language, t } from "../i18n.js";

/** A day as people write it. @param {string | null | undefined} day YYYY-MM-DD */
export function dayOf(day) {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day ?? "";
  const style = /** @type {const} */ ({ year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
  return date.toLocaleDateString(language() === "en" ? "en-GB" : "ja-JP", style);
}

/** @param {string} time RFC 3339 */
export function timeOf(time) {
  return new Date(time).toLocaleString(language() === "en" ? "en-GB" : "ja-JP", { dateStyle: "medium", timeStyle: "short" });
}

/** Days from one moment to a day, in Japan. @param {string} from @param {string} day */
export function daysUntil(from, day) {
  const today = new Date(new Date(from).getTime() + 9 * 3600e3).toISOString().slice(0, 10);
  return Math.round((Date.parse(day) - Date.parse(today)) / 86400e3);
}

/** Words of a code, or the code itself where this page is older than the service. @param {string} key @param {string} code */
export function wordOf(key, code) {
  return known(`${key}.${code}`) ? t(`${key}.${code}`) : code;
}
