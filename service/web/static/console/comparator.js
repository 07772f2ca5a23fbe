/**
 * Two pictures against each other: side by side, one over the other with a curtain, or blinking.
 *
 * It never changes pictures more than three times a second, whatever is pressed (WCAG 2.2, 2.3.1), and never by
 * itself where the person asked for less motion: there, each press of B changes them once.
 */

import { t } from "../i18n.js";
import { h, say } from "../dom.js";
import { announce, button } from "./dom.js";
import { pictureStore } from "./picture-store.js";
import { bindKeys } from "./shortcuts.js";
import { pane } from "./pane.js";

const LEAST_MS = 340;
const BLINK_MS = 700;
const PARTNER = Object.freeze({ front: "chip_text", back: "front", photo: "chip_photo", chip_text: "front", chip_photo: "photo" });
const ABOUT_PHOTO = /^(cross\.face|registry\.photo|forensics\.photo|security\.photo)/u;
const MODES = Object.freeze(["beside", "blink", "curtain"]);

/** @param {any} report @param {string[]} kinds */
export function comparator(report, kinds) {
  const store = pictureStore(report.id);
  const view = { scale: 1, x: 0.5, y: 0.5 };
  const first = pane(view, redraw);
  const second = pane(view, redraw);
  const fault = h("p", { class: "fault", role: "alert" });
  const curtain = h("input", { type: "range", min: "0", max: "100", value: "50", label: "console.curtain", oninput: redraw });
  const zoom = h("output", { class: "zoom", "aria-live": "polite" });
  const stage = h("div", { class: "stage" }, first.node, second.node);
  const start = kinds.includes("photo") && ABOUT_PHOTO.test(report.verdict_reason) ? "photo" : (kinds[0] ?? "file");
  const chosen = { first: start, second: partner(start, kinds) };
  const pickers = { first: picker("first", "console.picture.first"), second: picker("second", "console.picture.second") };
  const modes = MODES.map((mode) => button(`console.mode.${mode}`, () => setMode(mode), { dataset: { mode } }));
  const findings = button("console.findings", () => showFindings(!first.findings), { "aria-pressed": "true" });
  let mode = "beside";
  let top = true;
  let changedAt = 0;
  /** @type {ReturnType<typeof setInterval> | null} */
  let blinking = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const blink = button("console.blink.start", toggleBlink, { dataset: { act: "blink" } });
  const swap = button("console.blink.swap", flip, { dataset: { act: "swap" } });
  const node = h(
    "div",
    { class: "comparator", role: "group", label: "console.comparator" },
    h("div", { class: "pickers" }, pickers.first.node, pickers.second.node),
    h("div", { class: "row tools", role: "toolbar", label: "console.comparator.tools" }, ...modes, blink, swap, findings),
    h("div", { class: "curtain" }, curtain),
    fault,
    stage,
    h(
      "div",
      { class: "row tools" },
      button("console.zoom.out", () => zoomBy(1 / 1.4), { dataset: { act: "out" } }),
      zoom,
      button("console.zoom.in", () => zoomBy(1.4), { dataset: { act: "in" } }),
      button("console.zoom.all", () => look(1, 0.5, 0.5), { dataset: { act: "all" } }),
    ),
  );
  const unbind = bindKeys({ b: toggleBlink, f: () => showFindings(!first.findings), "+": () => zoomBy(1.4), "-": () => zoomBy(1 / 1.4), 0: () => look(1, 0.5, 0.5) });
  const resized = new ResizeObserver(redraw);
  resized.observe(stage);
  still.addEventListener("change", stopBlinking);

  /** @param {"first" | "second"} place @param {string} name */
  function picker(place, name) {
    const select = h("select", { onchange: () => choose(place, select.value) }, ...[...kinds, "file", "none"].map((kind) => h("option", { value: kind, t: `console.picture.${kind}` })));
    const file = h("input", { type: "file", accept: "image/*", label: "console.picture.file.choose", hidden: true, onchange: () => takeFile(place, file) });
    return { node: h("div", {}, h("label", { class: "filter" }, h("span", { class: "small", t: name }), select), file), select, file };
  }

  /** @param {"first" | "second"} place @param {string} kind */
  async function choose(place, kind) {
    chosen[place] = kind;
    pickers[place].select.value = kind;
    pickers[place].file.hidden = kind !== "file";
    const target = place === "first" ? first : second;
    target.show(kind, null, []);
    fault.textContent = "";
    if (kind === "none" || (kind === "file" && !store.file(place))) return settle();
    try {
      target.busy(true);
      const picture = kind === "file" ? store.file(place) : await store.get(kind);
      if (chosen[place] !== kind) return;
      if (picture === null) say(fault, "console.picture.absent", { picture: t(`console.picture.${kind}`) });
      target.show(kind, picture, regions(kind));
    } catch (error) {
      if (!store.left) fault.textContent = store.faultText(error);
    } finally {
      target.busy(false);
      settle();
    }
  }

  /** @param {"first" | "second"} place @param {HTMLInputElement} file */
  async function takeFile(place, file) {
    fault.textContent = "";
    try {
      await store.open(place, file.files?.[0] ?? null);
      await choose(place, "file");
    } catch {
      say(fault, "console.picture.undecodable");
    }
  }

  /** Findings that have a place on this side. @param {string} kind */
  function regions(kind) {
    return report.checks.filter((check) => check.region?.side === kind && ["fail", "suspect"].includes(check.result));
  }

  function settle() {
    const two = Boolean(first.picture && second.picture);
    if (!two && mode !== "beside") setMode("beside");
    for (const one of modes) one.disabled = one.dataset.mode !== "beside" && !two;
    blink.disabled = swap.disabled = !two;
    redraw();
  }

  /** @param {string} wanted */
  function setMode(wanted) {
    if (wanted !== "beside" && !(first.picture && second.picture)) return;
    if (wanted !== "blink") stopBlinking();
    mode = wanted;
    top = true;
    node.dataset.mode = mode;
    for (const one of modes) one.setAttribute("aria-pressed", String(one.dataset.mode === mode));
    redraw();
  }

  /** Change the two pictures, at most three times a second. */
  function flip() {
    if (mode !== "blink") setMode("blink");
    const now = performance.now();
    if (mode !== "blink" || now - changedAt < LEAST_MS) return;
    changedAt = now;
    top = !top;
    redraw();
    node.dispatchEvent(new CustomEvent("picture-change", { bubbles: true, detail: { at: now } }));
    if (blinking === null) announce(t(`console.picture.${top ? chosen.first : chosen.second}`));
  }

  function toggleBlink() {
    if (blinking !== null) return stopBlinking();
    if (still.matches) return flip();
    setMode("blink");
    if (mode !== "blink") return;
    blinking = setInterval(flip, BLINK_MS);
    say(blink, "console.blink.stop");
    blink.setAttribute("aria-pressed", "true");
  }

  function stopBlinking() {
    if (blinking !== null) clearInterval(blinking);
    blinking = null;
    say(blink, "console.blink.start");
    blink.setAttribute("aria-pressed", "false");
  }

  /** @param {boolean} shown */
  function showFindings(shown) {
    first.findings = second.findings = shown;
    findings.setAttribute("aria-pressed", String(shown));
    redraw();
  }

  /** @param {number} factor */
  function zoomBy(factor) {
    look(view.scale * factor, view.x, view.y);
  }

  /** @param {number} scale @param {number} x @param {number} y shares of the picture */
  function look(scale, x, y) {
    view.scale = Math.min(8, Math.max(1, scale));
    const half = 0.5 / view.scale;
    view.x = Math.min(1 - half, Math.max(half, x));
    view.y = Math.min(1 - half, Math.max(half, y));
    redraw();
  }

  function redraw() {
    zoom.textContent = `${Math.round(view.scale * 100)} %`;
    if (mode === "beside") {
      first.draw();
      second.draw();
    } else {
      const [over, under] = top ? [first, second] : [second, first];
      first.drawBoth(over, under, mode === "curtain" ? Number(curtain.value) / 100 : 1);
      first.name(mode === "blink" ? `console.picture.${top ? chosen.first : chosen.second}` : "console.mode.curtain");
    }
  }

  for (const one of [first, second]) one.onLook(look, view);
  setMode("beside");
  choose("first", chosen.first);
  choose("second", chosen.second);
  return {
    node,
    /** Look closely at a place of the card. @param {{side: string, box: number[]}} region */
    async point(region) {
      if (kinds.includes(region.side) && chosen.first !== region.side) await choose("first", region.side);
      setMode("beside");
      const [x, y, width, height] = region.box;
      look(Math.min(5, 0.6 / Math.max(width, height)), x + width / 2, y + height / 2);
      first.node.scrollIntoView({ block: "center" });
      first.focus();
    },
    leave() {
      unbind();
      stopBlinking();
      resized.disconnect();
      still.removeEventListener("change", stopBlinking);
      store.leave();
    },
  };
}

/** What a picture is best laid against. @param {string} kind @param {string[]} kinds */
function partner(kind, kinds) {
  const wanted = PARTNER[/** @type {keyof typeof PARTNER} */ (kind)] ?? "none";
  return kinds.includes(wanted) ? wanted : "none";
}
