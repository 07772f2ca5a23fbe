/** What the desk asks of the service, in one place. */

import { ApiError, api } from "../api.js";
import { t } from "../i18n.js";

/** @param {{state: string, verdict: string, mine: boolean}} filter @param {string | null} cursor */
export function queue(filter, cursor) {
  const query = new URLSearchParams({ limit: "25" });
  if (filter.state) query.set("state", filter.state);
  if (filter.verdict) query.set("verdict", filter.verdict);
  if (filter.mine) query.set("mine", "true");
  if (cursor) query.set("cursor", cursor);
  return api(`/v1/reviews?${query}`);
}

/** @param {string} id */
export function report(id) {
  return api(`/v1/verifications/${encodeURIComponent(id)}?detail=full`);
}

/** The review of a report, null where it needs none. @param {string} id */
export function review(id) {
  return orNull(api(`/v1/reviews/${encodeURIComponent(id)}`));
}

/** @param {string} id @param {"claim" | "release" | "decision" | "second"} step @param {object} [body] */
export function take(id, step, body) {
  return api(`/v1/reviews/${encodeURIComponent(id)}/${step}`, { method: "POST", body });
}

/** Names of the files that were kept. @param {string} id @returns {Promise<string[]>} */
export async function keptParts(id) {
  return (await api(`/v1/verifications/${encodeURIComponent(id)}/evidence`)).data;
}

/** A picture, null where the kept files do not hold it. @param {string} id @param {string} kind @param {AbortSignal} signal */
export function picture(id, kind, signal) {
  return orNull(api(`/v1/verifications/${encodeURIComponent(id)}/pictures/${kind}`, { signal }));
}

/** @param {string} id */
export async function links(id) {
  return (await api(`/v1/verifications/${encodeURIComponent(id)}/links`)).data;
}

export function statistics() {
  return api("/v1/reviews/statistics");
}

/** @param {string | null} cursor */
export function batches(cursor) {
  return api(`/v1/batches?limit=20${cursor ? `&cursor=${cursor}` : ""}`);
}

/** @param {string} id */
export function batch(id) {
  return api(`/v1/batches/${encodeURIComponent(id)}`);
}

/** Items that have come to an end so far, the first of them. @param {string} id */
export async function batchResults(id) {
  const answer = await api(`/v1/batches/${encodeURIComponent(id)}/results?limit=200`);
  return Array.isArray(answer) ? answer : [];
}

/** @type {Promise<Map<string, Record<string, string>>> | null} */
let sentences = null;

/** Sentences of the reasons by code and language; asked for once. */
export function reasonSentences() {
  sentences ??= api("/v1/checks").then(
    (catalogue) => new Map(catalogue.data.flatMap((check) => check.reasons.map((r) => [r.code, r.message]))),
  );
  sentences.catch(() => {
    sentences = null;
  });
  return sentences;
}

/** What to tell a person about an error: the service's own words, or that it was not reached. @param {unknown} error */
export function faultText(error) {
  if (!(error instanceof ApiError)) return t("console.fault");
  if (error.status === 0) return t("common.unreachable");
  const { title, detail, errors = [] } = error.problem;
  return [title, detail, ...errors.map((one) => `${one.pointer}: ${one.detail}`)].filter(Boolean).join(" — ");
}

/** @param {Promise<any>} asked */
async function orNull(asked) {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
