/**
 * `<chip-handover>`: a one-time code with which a desk reader or a phone app delivers the chip's content to this
 * page. Fires `chip-ready` with the id of the session in `detail`.
 */

import { address, api, ApiError } from "../api.js";
import { h, svg } from "../dom.js";
import { languageEvents, t, translate } from "../i18n.js";
import { qrPath } from "./qr.js";

const EVERY_MS = 2000;

class ChipHandover extends HTMLElement {
  /** Number of the card where it was read: part of the command. */
  cardNumber = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {{id: string, code: string, expires_at: string} | null} */
  #session = null;
  #words = () => this.#session && this.#show(this.#session);

  async connectedCallback() {
    languageEvents.addEventListener("languagechange", this.#words);
    await this.#open();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    languageEvents.removeEventListener("languagechange", this.#words);
  }

  async #open() {
    try {
      this.#session = await api("/v1/sessions", { method: "POST" });
    } catch (error) {
      this.#fault(error);
      return;
    }
    if (this.#session && this.isConnected) {
      this.#show(this.#session);
      this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
    }
  }

  /** @param {unknown} error */
  #fault(error) {
    const about = error instanceof ApiError && error.status ? (error.problem.detail ?? error.message) : t("common.unreachable");
    this.replaceChildren(h("p", { class: "note", "data-tone": "warn", role: "alert" }, about), this.#again());
  }

  #again() {
    return h("button", { type: "button", onclick: () => this.#open() }, t("result.chip.again"));
  }

  /** @param {{code: string, expires_at: string}} session */
  #show({ code, expires_at: until }) {
    const place = new URL(address(`/v1/sessions/${code}/chip`), location.href);
    const { path, size } = qrPath(place.href);
    const command = `honmono read-chip --number ${this.cardNumber || "AA12345678BB"} --send ${place.origin} --code ${code}`;
    this.replaceChildren(
      h("p", { t: "result.chip.how" }),
      h("div", { class: "handover" },
        svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "data-t-aria-label": "result.chip.qr", "shape-rendering": "crispEdges" },
          svg("path", { class: "qr-ground", d: `M0 0h${size}v${size}h-${size}z` }), svg("path", { d: path })),
        h("div", {}, h("p", { class: "label", t: "result.chip.code" }), h("p", { class: "code mono" }, code),
          h("p", { class: "small muted" }, t("result.chip.until", { time: new Date(until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) })))),
      h("p", { class: "label", t: "result.chip.command" }), h("pre", { tabindex: "0" }, command),
      h("p", { role: "status", class: "small", t: "result.chip.waiting" }));
    translate(this);
  }

  async #ask() {
    if (!this.isConnected || !this.#session) return;
    try {
      const { state } = await api(`/v1/sessions/${this.#session.id}`);
      if (state === "received") return this.#received(this.#session.id);
      if (state !== "waiting") return this.replaceChildren(h("p", {}, t("result.chip.over")), this.#again());
    } catch (error) {
      if (!(error instanceof ApiError) || error.status) return this.#fault(error);
    }
    this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
    return undefined;
  }

  /** @param {string} id */
  #received(id) {
    this.replaceChildren(h("p", { role: "status" }, t("result.chip.received")));
    this.dispatchEvent(new CustomEvent("chip-ready", { detail: id, bubbles: true }));
  }
}

customElements.define("chip-handover", ChipHandover);
