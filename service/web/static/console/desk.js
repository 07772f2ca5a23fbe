/** The desk: the queue at the side, one case in the middle. On a phone, one of the two. */

import { h } from "../dom.js";
import { caseView } from "./case.js";
import { queueView } from "./queue.js";
import { bindKeys } from "./shortcuts.js";

/** @returns {import("./console.js").Room} */
export function deskRoom() {
  const queue = queueView();
  const place = h("section", { class: "case", label: "console.case" });
  const node = h("div", { class: "two" }, queue.node, place);
  /** @type {{node: HTMLElement, leave: () => void, id: string} | null} */
  let open = null;

  const unbind = bindKeys({ j: () => go(1), k: () => go(-1) });
  /** @param {number} step */
  const go = (step) => {
    const id = queue.neighbour(open?.id ?? null, step);
    if (id) location.hash = `#/queue/${id}`;
  };

  /** @param {string} id */
  function show(id) {
    queue.mark(id || null);
    node.dataset.open = id ? "case" : "queue";
    if (open?.id === id) return;
    open?.leave();
    open = id ? { ...caseView(id, queue.refresh), id } : null;
    place.replaceChildren(open ? open.node : empty());
    if (open) place.prepend(backLink());
    if (open) /** @type {HTMLElement} */ (open.node.querySelector("h1"))?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  return {
    node,
    show,
    leave() {
      unbind();
      open?.leave();
      queue.leave();
    },
  };
}

function backLink() {
  return h("a", { class: "button quiet back", href: "#/queue" }, h("span", { "aria-hidden": "true" }, "←"), h("span", { t: "console.back" }));
}

function empty() {
  return h("div", { class: "empty" }, h("h1", { t: "console.choose" }), h("p", { class: "muted", t: "console.choose.hint" }));
}
