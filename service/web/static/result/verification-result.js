/**
 * `<verification-result>`: one report, as a person in the street needs it. `show(report, taken)`; fires
 * `result-act` with what to do next in `detail`, and `chip-ready` when a chip was delivered.
 */

import { h, icon } from "../dom.js";
import { languageEvents, t, translate } from "../i18n.js";
import { cardMap, numbersOf } from "./card-map.js";
import { lapseSection } from "./lapse.js";
import * as sections from "./sections.js";

class VerificationResult extends HTMLElement {
  /** @type {any} */
  #report = null;
  /** @type {Map<string, import("../capture/takers.js").Taken>} */
  #taken = new Map();
  #spoken = "ja"; // language of the report's sentences
  #words = () => this.#draw();

  connectedCallback() {
    languageEvents.addEventListener("languagechange", this.#words);
  }

  disconnectedCallback() {
    languageEvents.removeEventListener("languagechange", this.#words);
  }

  /** @param {any} report @param {Map<string, import("../capture/takers.js").Taken>} [taken] pictures of this device */
  show(report, taken = new Map()) {
    this.#report = report;
    this.#taken = taken;
    this.#spoken = /[\u3040-\u30ff\u4e00-\u9fff]/u.test(report.checks[0]?.message ?? "") ? "ja" : "en";
    this.#draw();
    /** @type {HTMLElement | null} */ (this.querySelector("#verdict"))?.focus();
  }

  #draw() {
    const report = this.#report;
    if (report === null) return;
    const act = (/** @type {string} */ action) => (action === "read_chip" ? this.#chip() : this.#tell(action));
    const changed = (/** @type {any} */ judged) => this.show(judged, this.#taken);
    const main = [sections.verdictSection(report), sections.nextSection(report, act), sections.entitlementSection(report), this.#holder()];
    const more = [this.#map(), sections.findingsSection(report, numbersOf(report), this.#spoken), this.#handover(),
      lapseSection(report, changed), sections.fieldsSection(report), sections.limitsSection(report), sections.recordSection(report)];
    this.replaceChildren(h("div", { class: "columns" }, h("div", {}, ...main), h("div", {}, ...more)), this.#foot());
    translate(this);
  }

  #map() {
    const sides = /** @type {const} */ (["front", "back"]);
    const maps = sides.map((side) => cardMap(this.#report, side, this.#taken.get(side)));
    const shown = maps.filter((map) => map.count > 0 || map.drawn);
    if (shown.length === 0 || maps.every((map) => map.count === 0)) return null;
    return h("section", { class: "card" }, h("h2", { t: "result.map" }), ...shown.map((map) => map.element),
      shown.some((map) => !map.drawn) && h("p", { class: "small muted", t: "result.map.schematic" }));
  }

  #holder() {
    const open = () => this.#show().catch(() => this.#say(t("common.unreachable")));
    return h("section", { class: "card" }, h("p", { class: "muted", t: "result.holder.about" }),
      h("button", { type: "button", class: "wide", "data-act": "holder", onclick: open }, icon("person"), h("span", { t: "result.holder" })),
      h("p", { class: "fault said", role: "alert" }));
  }

  /** What few need is loaded when it is asked for. */
  async #show() {
    const { showHolder } = await import("./holder.js");
    await showHolder(this.#report, this);
  }

  #handover() {
    if (this.#report.assurance === "cryptographic") return null;
    return h("section", { class: "card chip" }, h("h2", { t: "result.chip.title" }),
      h("button", { type: "button", class: "wide", "data-act": "chip", onclick: () => this.#chip() }, icon("chip"), h("span", { t: "result.do.read_chip" })));
  }

  async #chip() {
    await import("../chip/chip-handover.js").catch(() => this.#say(t("common.unreachable")));
    const place = /** @type {HTMLElement} */ (this.querySelector(".chip"));
    if (!place || place.querySelector("chip-handover")) return;
    const panel = /** @type {any} */ (document.createElement("chip-handover"));
    panel.cardNumber = this.#report.fields.find((/** @type {any} */ field) => field.name === "card_number")?.value ?? "";
    place.querySelector("button")?.remove();
    place.append(panel);
    place.scrollIntoView({ block: "start" });
  }

  #foot() {
    return h("div", { class: "row foot" },
      h("button", { type: "button", class: "primary", "data-act": "again", onclick: () => this.#tell("again") }, h("span", { t: "result.again" })),
      h("button", { type: "button", class: "quiet", onclick: () => print() }, h("span", { t: "result.print" })));
  }

  /** @param {string} text */
  #say(text) {
    const line = this.querySelector(".said");
    if (line) line.textContent = text;
  }

  /** @param {string} action */
  #tell(action) {
    this.dispatchEvent(new CustomEvent("result-act", { detail: action, bubbles: true }));
  }
}

customElements.define("verification-result", VerificationResult);
