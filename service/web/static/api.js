/**
 * Asking the service. One way in, three ways to say who one is: a browser session (cookie and CSRF word), an
 * API key held in memory alone, or the single-use token of an embedded capture. Nothing is retried here.
 *
 * @typedef {object} Problem RFC 9457
 * @property {string} type
 * @property {string} title
 * @property {number} status
 * @property {string} [detail]
 * @property {{pointer: string, detail: string}[]} [errors]
 *
 * @typedef {object} Session
 * @property {"client" | "inspector" | "admin"} role
 * @property {string} name
 * @property {string} key_id
 * @property {string} csrf_token
 * @property {string} expires_at
 *
 * @typedef {object} Ask
 * @property {string} [method]
 * @property {unknown} [body] FormData, Blob and text go as they are, anything else as JSON.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/** Dispatches `signedout` when the service answers 401 to somebody who was signed in. */
export const apiEvents = new EventTarget();

/** An answer that is a problem, or, with status 0, no answer at all. */
export class ApiError extends Error {
  /** @param {number} status @param {Problem} problem */
  constructor(status, problem) {
    super(problem.title);
    this.name = "ApiError";
    /** HTTP status; 0 where the service was not reached. */
    this.status = status;
    /** The problem as the service gave it. */
    this.problem = problem;
    /** Milliseconds to wait before asking again, where the service said so. @type {number | null} */
    this.retryAfter = null;
  }

  /** The last part of the problem's type: `not-found`, `rate-limited`, `unreachable` … */
  get code() {
    return this.problem.type.slice(this.problem.type.lastIndexOf(":") + 1);
  }
}

/** @type {{key: string | null, token: string | null, session: Session | null, base: string}} */
const state = { key: null, token: null, session: null, base: "" };

/** Ask with an API key from now on; it stays in memory and is gone with the page. @param {string | null} key */
export function useKey(key) {
  state.key = key;
}

/** Ask with a capture token from now on. @param {string | null} token */
export function useToken(token) {
  state.token = token;
}

/** Ask a service at another origin, as an embedded element does; "" is the page's own. @param {string} base */
export function useService(base) {
  state.base = base.replace(/\/+$/u, "");
}

/** The browser session, null where nobody is signed in. @returns {Session | null} */
export function session() {
  return state.session;
}

/** Exchange a key for a browser session. @param {string} key @returns {Promise<Session>} */
export async function signIn(key) {
  state.session = await api("/v1/browser-session", { method: "POST", body: { key } });
  return /** @type {Session} */ (state.session);
}

/** The session that the browser's cookie still holds, null where there is none. @returns {Promise<Session | null>} */
export async function resume() {
  try {
    state.session = await api("/v1/browser-session");
  } catch (error) {
    if (!(error instanceof ApiError) || ![401, 403, 404].includes(error.status)) throw error;
    state.session = null;
  }
  return state.session;
}

/** End the browser session. */
export async function signOut() {
  await api("/v1/browser-session", { method: "DELETE" });
  state.session = null;
}

/**
 * Ask once. Resolves to parsed JSON, to lines of NDJSON as a list, to null for 204, and to a Blob for anything
 * else; throws ApiError for every answer that is a problem and where no answer came. An aborted signal throws
 * its own reason.
 *
 * @param {string} path
 * @param {Ask} [ask]
 * @returns {Promise<any>}
 */
export async function api(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = identified(new Headers(headers), method);
  const answer = await reach(path, { method, headers: sent, body: packed(body, sent), signal });
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204) return null;
  return unpacked(answer);
}

/** Where a path of the service lies. @param {string} path */
export function address(path) {
  return state.base + path;
}

/** Headers with who is asking. @param {Headers} sent @param {string} method */
export function identified(sent, method) {
  const bearer = state.token ?? state.key;
  if (bearer !== null) sent.set("Authorization", `Bearer ${bearer}`);
  else if (state.session && method !== "GET") sent.set("X-CSRF-Token", state.session.csrf_token);
  return sent;
}

/** @param {unknown} body @param {Headers} sent @returns {BodyInit | undefined} */
function packed(body, sent) {
  if (body === undefined) return undefined;
  if (body instanceof FormData || body instanceof Blob || typeof body === "string") return body;
  sent.set("Content-Type", "application/json");
  return JSON.stringify(body);
}

/** @param {string} path @param {RequestInit} request */
async function reach(path, request) {
  const credentials = state.token ?? state.key ? "omit" : "same-origin";
  try {
    return await fetch(address(path), { ...request, credentials, cache: "no-store", redirect: "error" });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw problemFrom(0, "");
  }
}

/** @param {Response} answer */
async function unpacked(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (kind.includes("ndjson")) return (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return kind.includes("json") ? answer.json() : answer.blob();
}

/** @param {Response} answer */
async function problemOf(answer) {
  return problemFrom(answer.status, await answer.text().catch(() => ""));
}

/** The error of an answer that is none of success; status 0 where none came. @param {number} status @param {string} text */
export function problemFrom(status, text) {
  if (status === 401 && state.session) {
    state.session = null;
    apiEvents.dispatchEvent(new Event("signedout"));
  }
  return new ApiError(status, parsed(text) ?? nameless(status));
}

/** @param {string} text @returns {Problem | null} */
function parsed(text) {
  try {
    const problem = JSON.parse(text);
    return typeof problem?.type === "string" ? problem : null;
  } catch {
    return null; // a proxy's own page
  }
}

/** @param {number} status @returns {Problem} */
function nameless(status) {
  const name = status === 0 ? "unreachable" : "unknown";
  return { type: `urn:honmono:problem:${name}`, title: status === 0 ? "No answer" : `HTTP ${status}`, status };
}
