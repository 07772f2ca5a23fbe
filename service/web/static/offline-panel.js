/**
 * `<offline-panel>`: the switch of the offline queue, how many captures wait, and the button that erases them.
 * Not there at all where the server does not allow it.
 */

import { languageEvents, t } from "./i18n.js";
import { allowed, enabled, queueEvents, setEnabled, size, wipe } from "./offline-queue.js";

class OfflinePanel extends HTMLElement {
  #choice = document.createElement("input");
  #count = document.createElement("p");
  #wipe = document.createElement("button");
  #follow = () => this.#show();

  connectedCallback() {
    this.hidden = !allowed();
    if (this.hidden) return;
    this.#build();
    queueEvents.addEventListener("change", this.#follow);
    languageEvents.addEventListener("languagechange", this.#follow);
    this.#show();
  }

  disconnectedCallback() {
    queueEvents.removeEventListener("change", this.#follow);
    languageEvents.removeEventListener("languagechange", this.#follow);
  }

  #build() {
    const title = worded("h2", "common.offline.title");
    const label = document.createElement("label");
    label.className = "choice";
    this.#choice.type = "checkbox";
    this.#choice.addEventListener("change", () => setEnabled(this.#choice.checked));
    label.append(this.#choice, worded("span", "common.offline.switch"));
    this.#count.setAttribute("role", "status");
    this.#wipe.type = "button";
    this.#wipe.className = "danger";
    this.#wipe.dataset.t = "common.offline.wipe";
    this.#wipe.addEventListener("click", () => this.#erase());
    this.classList.add("card");
    this.replaceChildren(title, worded("p", "common.offline.about"), label, this.#count, this.#wipe);
  }

  async #erase() {
    await wipe();
    await this.#show();
    this.#count.textContent = t("common.offline.wiped");
  }

  async #show() {
    this.#choice.checked = enabled();
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-t]"))) node.textContent = t(node.dataset.t ?? "");
    const waiting = await size();
    this.#wipe.hidden = waiting === 0;
    this.#count.textContent = enabled() || waiting ? t("common.offline.count", { count: waiting }) : "";
  }
}

/** @param {string} tag @param {string} key */
function worded(tag, key) {
  const made = document.createElement(tag);
  made.dataset.t = key;
  return made;
}

customElements.define("offline-panel", OfflinePanel);
