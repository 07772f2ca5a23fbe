/** The element's shadow root: shows a phase, moves the focus, says hints once they stand. */

import { t, translate } from "../i18n.js";

const HINT_FRAMES = 3; // a hint stands for this many frames before it is said: no flicker, no chatter
const HERE = new URL("..", import.meta.url);

export class Stage {
  /** Words that stand on it again in another language; set by whoever shows something. */
  redraw = () => {};
  #hint = { said: "", next: "", count: 0 };

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.root = host.attachShadow({ mode: "open" });
  }

  /** Style sheets by link, since the policy of pages forbids inline ones. */
  furnish() {
    const sheet = (/** @type {string} */ name) => Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(name, HERE).href });
    this.host.toggleAttribute("data-alone", getComputedStyle(this.host).getPropertyValue("--ink") === "");
    const body = Object.assign(document.createElement("div"), { className: "capture" });
    body.setAttribute("part", "body");
    this.root.replaceChildren(sheet("base.css"), sheet("capture/capture.css"), body);
  }

  /**
   * Show a phase. Its heading takes the focus, but not on a page that has just been opened.
   *
   * @param {string} phase @param {(Node | string | null | undefined | false)[]} content @param {() => void} [redraw]
   */
  show(phase, content, redraw = () => {}) {
    const opened = this.host.dataset.phase === undefined;
    this.host.dataset.phase = phase;
    this.redraw = redraw;
    this.#hint = { said: "", next: "", count: 0 };
    this.find(".capture").replaceChildren(...content.filter(Boolean));
    translate(this.root);
    if (!opened) this.find("h2").focus({ preventScroll: true });
  }

  /** @param {string} selector @returns {any} what there is, or an element that is nowhere */
  find(selector) {
    return this.root.querySelector(selector) ?? document.createElement("span");
  }

  /** Say a hint once it stands, or at once. @param {string} hint @param {boolean} [now] */
  say(hint, now = false) {
    const state = this.#hint;
    state.count = hint === state.next ? state.count + 1 : 1;
    state.next = hint;
    if (hint === state.said || (!now && state.said !== "" && state.count < HINT_FRAMES)) return;
    state.said = hint;
    this.find(".finder").dataset.hint = hint;
    const line = this.find(".hint");
    line.dataset.t = `capture.hint.${hint}`;
    line.textContent = t(line.dataset.t);
  }

  /** How far a film is, as the card-shaped ring. @param {number} share */
  fill(share) {
    this.find(".fill").setAttribute("stroke-dasharray", `${Math.round(share * 100)} 100`);
    this.find(".finder").setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }

  /** @param {string} selector @param {string} key */
  reword(selector, key) {
    this.find(selector).querySelector("[data-t]")?.setAttribute("data-t", key);
    translate(this.root);
  }
}
