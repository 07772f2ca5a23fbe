/** Batches: how far each is, and what came of its items. Looked at again every few seconds while one runs. */

import * as asking from "./asking.js";
import { h } from "../dom.js";
import { button, faultNote, tag } from "./dom.js";
import { shortId, toneOf, when } from "./format.js";

const AGAIN_MS = 4000;

/** @param {string} rest id of a batch, or "" @returns {import("./console.js").Room} */
export function batchesRoom(rest) {
  const body = h("div", { class: "stack", "aria-busy": "true" });
  const node = h("div", { class: "page page-wide" }, h("h1", { t: rest ? "console.batch" : "console.room.batches" }), body);
  let left = false;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;

  async function load() {
    clearTimeout(timer);
    try {
      const running = rest ? await showOne(body, rest) : await showAll(body);
      if (running && !left) timer = setTimeout(() => (document.hidden ? again() : load()), AGAIN_MS);
    } catch (error) {
      body.replaceChildren(faultNote(asking.faultText(error)));
    } finally {
      body.removeAttribute("aria-busy");
    }
  }

  /** A page that nobody sees waits until it is seen. */
  function again() {
    document.addEventListener("visibilitychange", () => left || load(), { once: true });
  }

  load();
  return {
    node,
    leave() {
      left = true;
      clearTimeout(timer);
    },
  };
}

/** @param {HTMLElement} body */
async function showAll(body) {
  const page = await asking.batches(null);
  const list = h("ul", { class: "batches" }, ...page.data.map((one) => h("li", { class: "card" }, progress(one), h("a", { class: "button", href: `#/batches/${one.id}` }, h("span", { t: "console.batch.open" }), " ", h("span", { class: "mono" }, shortId(one.id))))));
  body.replaceChildren(page.data.length ? list : h("p", { class: "muted", t: "console.batches.none" }), ...(page.next_cursor ? [older(list, page.next_cursor)] : []));
  return page.data.some(isRunning);
}

/** @param {HTMLElement} list @param {string} cursor */
function older(list, cursor) {
  const more = button("console.queue.more", async () => {
    const page = await asking.batches(cursor);
    list.append(...page.data.map((one) => h("li", { class: "card" }, progress(one))));
    if (page.next_cursor) more.replaceWith(older(list, page.next_cursor));
    else more.remove();
  });
  return more;
}

/** @param {HTMLElement} body @param {string} id */
async function showOne(body, id) {
  const [one, items] = await Promise.all([asking.batch(id), asking.batchResults(id)]);
  const rows = items.map((item) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, item.item_id),
      h("td", {}, item.report ? tag(`common.verdict.${item.report.verdict}`, toneOf(item.report.verdict)) : tag("console.batch.problem", "void")),
      h("td", {}, item.report ? h("a", { class: "button", href: `#/queue/${item.report.id}` }, h("span", { t: "console.links.open" }), " ", h("span", { class: "mono" }, shortId(item.report.id))) : (item.problem?.title ?? "")),
    ),
  );
  const head = h("tr", {}, ...["item", "result", "report"].map((name) => h("th", { scope: "col", t: `console.batch.${name}` })));
  body.replaceChildren(
    h("a", { class: "button quiet", href: "#/batches" }, h("span", { "aria-hidden": "true" }, "←"), h("span", { t: "console.room.batches" })),
    h("section", { class: "card" }, progress(one)),
    h("section", { class: "card scroll", tabindex: "0", label: "console.batch.items" }, items.length ? h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)) : h("p", { class: "muted", t: "console.batch.nothing_yet" })),
  );
  return isRunning(one);
}

/** @param {any} batch */
function isRunning(batch) {
  return batch.state === "queued" || batch.state === "running";
}

/** @param {any} batch */
function progress(batch) {
  const { total, done, failed, cancelled } = batch.counts;
  const ended = done + failed + cancelled;
  return h(
    "div",
    { class: "stack" },
    h("div", { class: "row spread" }, h("strong", { t: `console.batch.state.${batch.state}` }), when(batch.created_at)),
    h("progress", { max: Math.max(1, total), value: ended, label: "console.batch.progress" }),
    h("p", { class: "small", t: ["console.batch.counts", { ended, total, failed, cancelled }] }),
  );
}
