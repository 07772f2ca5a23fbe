/** What went wrong, for a person and for an embedding page. */

import { ApiError } from "../api.js";

const KINDS = /** @type {Record<number, string>} */ ({ 0: "unreachable", 401: "unauthenticated", 413: "large", 429: "busy", 503: "busy" });

/**
 * The words of a fault; the service's own only where we have none.
 *
 * @param {Error} error
 * @returns {{reason: string, status: number, key: string, detail: string}}
 */
export function told(error) {
  if (!(error instanceof ApiError)) return { reason: "fault", status: 0, key: "capture.failed.other", detail: "" };
  const { status, code, problem } = error;
  const kind = KINDS[status];
  const details = [problem.detail, ...(problem.errors ?? []).map((fault) => fault.detail)].filter(Boolean);
  return { reason: code, status, key: `capture.failed.${kind ?? "other"}`, detail: kind ? "" : details.join(" ") };
}
