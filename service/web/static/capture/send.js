/**
 * Sending a capture: with progress, and so that a broken line costs nothing. Every try of one capture carries the
 * same idempotency key, so that a lost answer is given again instead of a second verification.
 */

import { address, ApiError, identified, problemFrom } from "../api.js";

const TRIES = 3;
const WAIT_MS = 1500;
/** Answers after which the same request may do better. */
const PASSING = new Set([0, 409, 429, 502, 503, 504]);

/**
 * @typedef {object} Sending
 * @property {Map<string, Blob[]>} parts
 * @property {object} request
 * @property {string} key idempotency key
 * @property {string} language
 * @property {(share: number) => void} onProgress
 * @property {AbortSignal} signal
 */

/** Send, and try again by itself a few times. Throws ApiError. @param {Sending} sending */
export async function send(sending) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await once(sending);
    } catch (error) {
      if (!(error instanceof ApiError) || !PASSING.has(error.status) || tried >= TRIES) throw error;
      await pause(Math.max(error.retryAfter ?? 0, WAIT_MS * tried), sending.signal);
    }
  }
}

/** The form of a capture. @param {{parts: Map<string, Blob[]>, request: object}} sending */
export function body({ parts, request }) {
  const form = new FormData();
  for (const [name, files] of parts) for (const file of files) form.append(name, file, file.type.replace("/", "."));
  form.append("request", new Blob([JSON.stringify(request)], { type: "application/json" }));
  return form;
}

/** One try; XMLHttpRequest, since `fetch` tells nothing of an upload's progress. @param {Sending} sending @returns {Promise<any>} */
function once(sending) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address("/v1/verify"));
    const headers = { "Idempotency-Key": sending.key, "Accept-Language": sending.language };
    identified(new Headers(headers), "POST").forEach((value, name) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) sending.onProgress(event.loaded / event.total);
    });
    const failed = () => reject(problemFrom(0, ""));
    request.addEventListener("error", failed);
    request.addEventListener("timeout", failed);
    request.addEventListener("abort", () => reject(sending.signal.reason));
    request.addEventListener("load", () => {
      if (request.status === 200) return resolve(JSON.parse(request.responseText));
      const problem = problemFrom(request.status, request.responseText);
      problem.retryAfter = 1000 * Number(request.getResponseHeader("Retry-After") ?? 0);
      return reject(problem);
    });
    sending.signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body(sending));
  });
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
