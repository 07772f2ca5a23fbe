/** What the keys do, and the switch that turns them off. */

import { h } from "../dom.js";
import { button } from "./dom.js";
import { shortcutsOn, switchShortcuts } from "./shortcuts.js";

const KEYS = Object.freeze({
  J: "console.key.next",
  K: "console.key.previous",
  C: "console.key.claim",
  D: "console.key.decide",
  B: "console.key.blink",
  F: "console.key.findings",
  "+": "console.key.closer",
  "-": "console.key.farther",
  0: "console.key.whole",
  "← ↑ → ↓": "console.key.move",
  "[ ]": "console.key.frame",
  "?": "console.key.help",
});

/** Open the help. */
export function showHelp() {
  const dialog = h("dialog", { "aria-labelledby": "help-title" });
  const choice = h("input", { type: "checkbox", ".checked": shortcutsOn(), onchange: () => switchShortcuts(choice.checked) });
  const rows = Object.entries(KEYS).map(([key, text]) =>
    h("div", { class: "key-row" }, h("dt", {}, h("kbd", {}, key)), h("dd", { t: text })),
  );
  dialog.append(
    h("h2", { id: "help-title", t: "console.help.title" }),
    h("label", { class: "choice" }, choice, h("span", { t: "console.help.switch" })),
    h("dl", { class: "keys" }, ...rows),
    h("p", { class: "small muted", t: "console.help.move" }),
    h("footer", {}, button("console.close", () => dialog.close(), { class: "primary", autofocus: true })),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
