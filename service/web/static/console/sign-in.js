/** Signing in: the key goes to the service once and is kept by nobody here. */

import { signIn, signOut } from "../api.js";
import { h, say } from "../dom.js";
import { faultText } from "./asking.js";

/** @param {(session: import("../api.js").Session) => void} done @returns {HTMLElement} */
export function signInRoom(done) {
  const key = h("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "key-hint key-fault" });
  const fault = h("p", { id: "key-fault", class: "fault", role: "alert" });
  const send = h("button", { class: "primary wide", t: "console.sign_in" });

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    fault.textContent = "";
    send.disabled = true;
    try {
      const session = await signIn(key.value);
      if (session.role !== "client") return done(session);
      await signOut();
      say(fault, "console.not_an_inspector");
    } catch (error) {
      fault.textContent = faultText(error);
    } finally {
      send.disabled = false;
      key.value = "";
    }
    key.setAttribute("aria-invalid", "true");
    key.focus();
  }

  return h(
    "form",
    { class: "card sign-in stack", onsubmit: submit },
    h("h1", { t: "console.sign_in.title" }),
    h("p", { class: "muted", t: "console.sign_in.about" }),
    h("div", { class: "field" }, h("label", { for: "key", t: "console.key" }), key, h("p", { id: "key-hint", class: "small muted", t: "console.key.hint" })),
    fault,
    send,
  );
}
