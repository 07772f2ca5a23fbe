/**
 * `<page-preferences>`: the language of the page and its theme, as two plain selects. Both are remembered on
 * this device alone.
 */

import { LANGUAGES, language, languageEvents, loadWords, setLanguage, t } from "./i18n.js";

const THEMES = Object.freeze(["auto", "light", "dark", "sun"]);
const NAMES = Object.freeze({ ja: "日本語", "ja-easy": "やさしい日本語", en: "English" });

class PagePreferences extends HTMLElement {
  /** @type {HTMLSelectElement} */
  #languages = document.createElement("select");
  /** @type {HTMLSelectElement} */
  #themes = document.createElement("select");
  #follow = () => this.#words();

  connectedCallback() {
    this.#languages.replaceChildren(...LANGUAGES.map((one) => option(one, NAMES[one], one === "en" ? "en" : "ja")));
    this.#themes.replaceChildren(...THEMES.map((one) => option(one, "")));
    this.#themes.value = document.documentElement.dataset.theme ?? "auto";
    this.#languages.addEventListener("change", () => this.#speak());
    this.#themes.addEventListener("change", () => wear(this.#themes.value));
    this.replaceChildren(this.#languages, this.#themes);
    languageEvents.addEventListener("languagechange", this.#follow);
    loadWords("common").then(this.#follow, this.#follow);
  }

  disconnectedCallback() {
    languageEvents.removeEventListener("languagechange", this.#follow);
  }

  async #speak() {
    try {
      await setLanguage(/** @type {import("./i18n.js").Language} */ (this.#languages.value));
    } catch {
      this.#languages.value = language(); // the words could not be had: the page stays as it was
    }
  }

  #words() {
    this.#languages.value = language();
    this.#languages.setAttribute("aria-label", t("common.language"));
    this.#themes.setAttribute("aria-label", t("common.theme"));
    for (const one of this.#themes.options) one.textContent = t(`common.theme.${one.value}`);
  }
}

/** @param {string} value @param {string} text @param {string} [lang] */
function option(value, text, lang) {
  const made = new Option(text, value);
  if (lang) made.lang = lang;
  return made;
}

/** @param {string} theme */
function wear(theme) {
  const { dataset } = document.documentElement;
  if (theme === "auto") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("honmono.theme");
    else localStorage.setItem("honmono.theme", theme);
  } catch {
    // storage may be forbidden: the choice lasts as long as the page
  }
}

customElements.define("page-preferences", PagePreferences);
