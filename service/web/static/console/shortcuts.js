/**
 * Single keys of the desk. They can be switched off (WCAG 2.2, 2.1.4), never act while somebody types, and
 * every one of them has a button that does the same.
 */

const STORED = "honmono.shortcuts";
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]";

/** @type {Map<string, () => void>} */
const keys = new Map();
let on = recall();

/** Whether single keys act. */
export function shortcutsOn() {
  return on;
}

/** @param {boolean} wanted */
export function switchShortcuts(wanted) {
  on = wanted;
  try {
    localStorage.setItem(STORED, wanted ? "on" : "off");
  } catch {
    // storage may be forbidden: the choice lasts as long as the page
  }
}

/**
 * Bind keys until the returned function is called.
 *
 * @param {Record<string, () => void>} bound by `KeyboardEvent.key`, lower case
 */
export function bindKeys(bound) {
  for (const [key, act] of Object.entries(bound)) keys.set(key, act);
  return () => {
    for (const [key, act] of Object.entries(bound)) if (keys.get(key) === act) keys.delete(key);
  };
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target.matches?.(TYPING) || document.querySelector("dialog[open]")) return;
  const act = keys.get(event.key.toLowerCase());
  if (act === undefined) return;
  event.preventDefault();
  act();
});

function recall() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}
