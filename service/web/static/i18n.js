/**
 * Words of the interface, in Japanese, やさしい日本語 and English.
 *
 * Words lie as flat JSON in `locales/<language>/<area>.json`; the area is the part of a key before its first
 * point: `t("console.queue.empty")` stands in `console.json`. A page loads the areas it needs once
 * (`await loadWords("common", "console")`) and gets them in the new language before `languagechange` is told.
 *
 * @typedef {"ja" | "ja-easy" | "en"} Language
 * @typedef {Record<string, string | number>} Params
 */

/** @type {readonly Language[]} */
export const LANGUAGES = Object.freeze(["ja", "ja-easy", "en"]);

const STORED = "honmono.language";
const FOLDER = new URL("./locales/", import.meta.url);

/** Dispatches `languagechange` when the words of another language are there; `detail` is the language. */
export const languageEvents = new EventTarget();

/** @type {Set<string>} */
const areas = new Set();
/** @type {Map<string, Promise<Record<string, string>>>} */
const files = new Map();
/** @type {Map<string, Record<string, string>>} */
const loaded = new Map();
/** @type {Set<Element | ShadowRoot>} */
const roots = new Set();
/** @type {Language} */
let current = firstLanguage();

/** @returns {Language} */
export function language() {
  return current;
}

/** The value of a `lang` attribute: easy Japanese is Japanese. @param {Language} [of] @returns {string} */
export function languageTag(of = current) {
  return of === "en" ? "en" : "ja";
}

/**
 * A sentence in the language in force, its `{places}` filled. What is filled in is plain text: put the
 * result into `textContent` or an attribute, never into markup.
 *
 * @param {string} key
 * @param {Params} [params]
 * @returns {string}
 */
export function t(key, params = {}) {
  const sentence = words(key)?.[key];
  if (sentence === undefined) return key;
  return sentence.replace(/\{(\w+)\}/gu, (place, name) => (name in params ? String(params[name]) : place));
}

/** Whether there are words for a key: for codes of the service that may be newer than this page. @param {string} key */
export function known(key) {
  return words(key)?.[key] !== undefined;
}

/**
 * Load areas in the language in force; resolves when `t` knows them.
 *
 * @param {...string} wanted
 */
export async function loadWords(...wanted) {
  for (const area of wanted) areas.add(area);
  await loadAll(current);
}

/**
 * Change the language: loads every area that was asked for, then tells those who listen. Where the words
 * cannot be had, the language stays as it was and the error is thrown.
 *
 * @param {Language} wanted
 * @param {{remember?: boolean}} [options] `remember: false` for a language that the page's address or an
 *   embedding page chose.
 */
export async function setLanguage(wanted, { remember = true } = {}) {
  if (!LANGUAGES.includes(wanted)) throw new RangeError(`unknown language ${wanted}`);
  await loadAll(wanted);
  if (remember) store(wanted);
  current = wanted;
  for (const root of roots) translate(root);
  languageEvents.dispatchEvent(new CustomEvent("languagechange", { detail: wanted }));
}

/**
 * Keep an element, or a shadow root with its host, in the language in force: its `lang` attribute, and below it
 * the text of `[data-t="key"]` (its places from JSON in `data-t-params`) and the attributes of `[data-t-aria-label="key"]`, `[data-t-title]`,
 * `[data-t-placeholder]`. Returns a function that ends it.
 *
 * @param {Element | ShadowRoot} root
 * @returns {() => void}
 */
export function followLanguage(root) {
  roots.add(root);
  translate(root);
  return () => roots.delete(root);
}

const ATTRIBUTES = Object.freeze(["aria-label", "title", "placeholder"]);

/** Put words into what is marked with `data-t…` below a node. @param {Element | ShadowRoot} root */
export function translate(root) {
  const element = root instanceof ShadowRoot ? root.host : root;
  element.setAttribute("lang", languageTag());
  element.toggleAttribute("data-easy", current === "ja-easy");
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = worded(/** @type {HTMLElement} */ (node));
  for (const name of ATTRIBUTES) {
    for (const node of root.querySelectorAll(`[data-t-${name}]`)) {
      node.setAttribute(name, t(node.getAttribute(`data-t-${name}`) ?? ""));
    }
  }
}

/** @param {HTMLElement} node */
function worded({ dataset }) {
  return t(dataset.t ?? "", dataset.tParams ? JSON.parse(dataset.tParams) : {});
}

/** @param {string} key */
function words(key) {
  return loaded.get(`${current}/${key.slice(0, key.indexOf("."))}`);
}

/** @param {Language} of */
async function loadAll(of) {
  await Promise.all([...areas].map((area) => load(of, area)));
}

/** @param {Language} of @param {string} area */
async function load(of, area) {
  const name = `${of}/${area}`;
  const pending = files.get(name) ?? fetchWords(name);
  files.set(name, pending);
  try {
    loaded.set(name, await pending);
  } catch (error) {
    files.delete(name);
    throw error;
  }
}

/** @param {string} name @returns {Promise<Record<string, string>>} */
async function fetchWords(name) {
  const answer = await fetch(new URL(`${name}.json`, FOLDER), { credentials: "omit" });
  if (!answer.ok) throw new Error(`no words: ${name} (${answer.status})`);
  return answer.json();
}

/** @returns {Language} */
function firstLanguage() {
  const stored = recall();
  if (stored !== null) return stored;
  const preferred = globalThis.navigator?.languages ?? [];
  const known = preferred.find((tag) => /^(ja|en)\b/u.test(tag)) ?? "ja";
  return known.startsWith("en") ? "en" : "ja";
}

/** @returns {Language | null} */
function recall() {
  try {
    const stored = localStorage.getItem(STORED);
    return LANGUAGES.find((one) => one === stored) ?? null;
  } catch {
    return null; // storage may be forbidden: then the choice lasts as long as the page
  }
}

/** @param {Language} chosen */
function store(chosen) {
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // as in recall()
  }
}
