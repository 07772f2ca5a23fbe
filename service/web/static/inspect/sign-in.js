/** Signing in: the key goes to the service once, and a session that ends by itself comes back. */

import { ApiError, signIn } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

/** @param {(session: import("../api.js").Session) => void} done @returns {HTMLElement} */
export function signInForm(done) {
  const key = h("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "key-about key-fault" });
  const fault = h("p", { id: "key-fault", class: "fault", role: "alert" });
  const button = h("button", { type: "submit", class: "primary wide" }, h("span", { t: "inspect.sign_in" }));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    button.disabled = true;
    fault.textContent = "";
    try {
      done(await signIn(key.value.trim()));
    } catch (error) {
      fault.textContent = told(error);
      key.setAttribute("aria-invalid", "true");
      key.focus();
    } finally {
      button.disabled = false;
      key.value = "";
    }
  };
  return h("form", { class: "card sign-in", onsubmit: submit },
    h("h1", { t: "inspect.sign_in.title" }), h("p", { class: "muted", id: "key-about", t: "inspect.sign_in.about" }),
    h("div", { class: "field" }, h("label", { for: "key", t: "inspect.key" }), key), fault, button);
}

/** @param {unknown} error */
function told(error) {
  if (!(error instanceof ApiError) || error.status === 0) return t("common.unreachable");
  return error.status === 401 ? t("inspect.sign_in.wrong") : (error.problem.detail ?? error.message);
}
