/** The queue: filters, rows, more rows. A row is a link, so it opens as every link does. */

import { t } from "../i18n.js";
import * as asking from "./asking.js";
import { h } from "../dom.js";
import { announce, button, tag } from "./dom.js";
import { shortId, toneOf, when } from "./format.js";

const STATES = Object.freeze(["open", "claimed", "awaiting_second", "decided"]);
const VERDICTS = Object.freeze(["suspect", "inconclusive"]);

export function queueView() {
  const filter = { state: "open", verdict: "", mine: false };
  const list = h("ol", { class: "rows", label: "console.queue" });
  const more = button("console.queue.more", () => load(next), { class: "wide", hidden: true });
  const fault = h("p", { class: "fault", role: "alert" });
  /** @type {string | null} */
  let next = null;
  /** @type {string | null} */
  let marked = null;
  let asked = 0;

  const node = h(
    "section",
    { class: "queue", label: "console.queue" },
    h(
      "div",
      { class: "queue-head" },
      h("h2", { t: "console.queue" }),
      button("console.queue.again", () => refresh(), { class: "quiet" }),
    ),
    filters(filter, () => refresh()),
    fault,
    list,
    more,
  );

  /** @param {string | null} cursor */
  async function load(cursor) {
    const turn = ++asked;
    list.setAttribute("aria-busy", "true");
    try {
      const page = await asking.queue(filter, cursor);
      if (turn !== asked) return;
      fault.textContent = "";
      const rows = page.data.map(row);
      if (cursor) list.append(...rows);
      else list.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty", t: "console.queue.empty" })]));
      next = page.next_cursor;
      more.hidden = next === null;
      mark(marked);
      announce(t("console.queue.count", { count: list.querySelectorAll("a").length }));
    } catch (error) {
      fault.textContent = asking.faultText(error);
    } finally {
      list.removeAttribute("aria-busy");
    }
  }

  /** @param {string | null} id */
  function mark(id) {
    marked = id;
    for (const link of list.querySelectorAll("a")) {
      if (link.dataset.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  const refresh = () => load(null);
  refresh();
  return {
    node,
    mark,
    refresh,
    leave: () => void asked++,
    /** @param {string | null} id @param {number} step @returns {string | null} */
    neighbour(id, step) {
      const ids = [...list.querySelectorAll("a")].map((link) => link.dataset.id);
      const at = ids.indexOf(id ?? undefined);
      return ids[at < 0 ? 0 : at + step] ?? null;
    },
  };
}

/** @param {{state: string, verdict: string, mine: boolean}} filter @param {() => void} changed */
function filters(filter, changed) {
  const states = choice("console.filter.state", "console.state", ["", ...STATES], filter.state, (value) => {
    filter.state = value;
    changed();
  });
  const verdicts = choice("console.filter.verdict", "common.verdict", ["", ...VERDICTS], filter.verdict, (value) => {
    filter.verdict = value;
    changed();
  });
  const mine = h("input", {
    type: "checkbox",
    onchange: () => {
      filter.mine = mine.checked;
      changed();
    },
  });
  return h("div", { class: "filters" }, states, verdicts, h("label", { class: "choice" }, mine, h("span", { t: "console.filter.mine" })));
}

/** @param {string} name @param {string} words @param {string[]} values @param {string} chosen @param {(value: string) => void} act */
function choice(name, words, values, chosen, act) {
  const select = h("select", { onchange: () => act(select.value) }, ...values.map((v) => h("option", { value: v, t: v ? `${words}.${v}` : "console.filter.all" })));
  select.value = chosen;
  return h("label", { class: "filter" }, h("span", { class: "small", t: name }), select);
}

/** @param {any} review */
function row(review) {
  const holder = review.claimed_by ?? review.decided_by;
  const about = review.about?.client_reference ?? "";
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/queue/${review.id}`, dataset: { id: review.id } },
      h("span", { class: "row-top" }, tag(`common.verdict.${review.verdict}`, toneOf(review.verdict)), h("span", { class: "mono small" }, shortId(review.id))),
      h("span", { class: "row-name" }, about || h("span", { class: "muted", t: "console.no_reference" })),
      h(
        "span",
        { class: "row-foot small muted" },
        when(review.opened_at),
        h("span", {}, h("span", { t: `console.state.${review.state}` }), holder ? ` · ${review.people?.[holder] ?? shortId(holder)}` : ""),
      ),
    ),
  );
}
