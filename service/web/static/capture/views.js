/** What a capture shows in each of its phases. No state in here: `on` says what each control does. */

import { h, icon, svg } from "../dom.js";
import { t } from "../i18n.js";
import { accepted } from "./files.js";
import { STEPS } from "./steps.js";

/** @typedef {import("./steps.js").StepName} StepName */
/** @typedef {import("./takers.js").Taken} Taken */

const [W, H] = [400, 300];

/** The card-shaped guide; its outline fills as a tilt proceeds. @param {import("./measure.js").Box} box */
function guide({ left, top, right, bottom }) {
  const rect = { x: left * W, y: top * H, width: (right - left) * W, height: (bottom - top) * H, rx: 12, pathLength: 100 };
  return svg("svg", { class: "guide", viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" },
    svg("path", { class: "shade", "fill-rule": "evenodd", d: shade(rect) }),
    svg("rect", { ...rect, class: "line" }),
    svg("rect", { ...rect, class: "fill", "stroke-dasharray": "0 100" }));
}

/** @param {{x: number, y: number, width: number, height: number}} r */
function shade({ x, y, width, height }) {
  return `M0 0H${W}V${H}H0z M${x} ${y}v${height}h${width}v${-height}z`;
}

/** @param {string} key @param {Record<string, unknown>} [props] @param {string} [name] of an icon */
function button(key, props = {}, name = "") {
  return h("button", { type: "button", ...props }, name && icon(name), h("span", { t: key }));
}

/** A file chooser that looks like a button and is one. @param {boolean} film @param {(files: File[]) => void} chosen */
function chooser(film, chosen) {
  const input = h("input", {
    type: "file", class: "visually-hidden", accept: accepted(film), multiple: film, tabindex: "-1",
    "aria-hidden": "true",
    onchange: () => input.files.length > 0 && chosen([...input.files]),
  });
  return h("div", {}, input, button("capture.file", { part: "file", class: "wide", onclick: () => input.click() }, "file"));
}

/** @param {string} title @param {string} [how] */
function heading(title, how) {
  return [h("h2", { part: "title", tabindex: "-1", t: title }), how && h("p", { part: "instruction", t: how })];
}

/** Where one is. @param {StepName[]} steps @param {StepName | null} now @param {(name: StepName) => boolean} has */
export function stepList(steps, now, has) {
  return h("ol", { class: "steps", part: "steps" }, ...steps.map((name) =>
    h("li", { "aria-current": name === now ? "step" : null, class: has(name) ? "has" : "" },
      h("span", { class: "dot", "aria-hidden": "true" }), h("span", { t: `capture.${name}.name` }),
      has(name) && h("span", { class: "visually-hidden", t: "capture.step.done" }))));
}

/** @param {{start: () => void, file: () => void}} on @param {boolean} camera */
export function introView(on, camera) {
  return [...heading("capture.intro.title", "capture.intro.how"),
    h("ul", { class: "tips" }, ...["light", "whole", "flat"].map((tip) => h("li", { t: `capture.tip.${tip}` }))),
    h("div", { class: "actions" },
      camera && button("capture.start", { class: "primary wide", part: "start", onclick: on.start }, "camera"),
      button("capture.files", { class: "wide", part: "file", onclick: on.file }, "file")),
    h("p", { class: "muted small", t: "capture.privacy" })];
}

/**
 * The step with the camera, or without one.
 *
 * @param {StepName} name
 * @param {HTMLVideoElement} video
 * @param {import("./measure.js").Box} box
 * @param {{shutter: () => void, files: (files: File[]) => void, skip: () => void, pause: () => void, torch: () => void}} on
 */
export function liveView(name, video, box, on) {
  const film = STEPS[name].film;
  return [...heading(`capture.${name}.title`, `capture.${name}.how`),
    h("div", { class: "finder", part: "viewfinder", "data-step": name, role: film ? "progressbar" : "group",
      "aria-valuemin": film ? "0" : null, "aria-valuemax": film ? "100" : null, "aria-valuenow": film ? "0" : null,
      "data-t-aria-label": film ? "capture.progress" : "capture.finder" },
      video, guide(box), film && h("span", { class: `way way-${name}`, "aria-hidden": "true" })),
    h("p", { class: "hint", part: "hint", role: "status", "aria-live": "polite" }),
    h("div", { class: "actions" },
      button(film ? "capture.film" : "capture.shutter", { class: "primary wide shutter", part: "shutter", onclick: on.shutter }, "camera"),
      chooser(film, on.files),
      h("div", { class: "row small-actions" },
        button("capture.torch", { class: "quiet torch", part: "torch", hidden: true, "aria-pressed": "false", onclick: on.torch }, "torch"),
        button("capture.pause", { class: "quiet pause", part: "pause", onclick: on.pause }, "pause"),
        button("capture.skip", { class: "quiet skip-step", part: "skip", onclick: on.skip })))];
}

/** A step without a camera. @param {StepName} name @param {string} fault @param {{files: (files: File[]) => void, skip: () => void, again: () => void}} on */
export function fileView(name, fault, on) {
  return [...heading(`capture.${name}.title`, `capture.${name}.how`),
    fault && h("p", { class: "note", part: "fault", "data-tone": "warn", role: "status", t: `capture.fault.${fault}` }),
    h("div", { class: "actions" }, chooser(STEPS[name].film, on.files),
      fault !== "unsupported" && button("capture.camera", { class: "wide", part: "start", onclick: on.again }, "camera"),
      button("capture.skip", { class: "quiet", part: "skip", onclick: on.skip }))];
}

/** @param {StepName} name @param {Taken} taken @param {{use: () => void, retake: () => void}} on */
export function reviewView(name, taken, on) {
  return [...heading("capture.review.title"),
    h("div", { class: "shown" }, taken.picture),
    taken.doubt && h("p", { class: "note", part: "hint", "data-tone": "warn", role: "status", t: `capture.doubt.${taken.doubt}` }),
    h("div", { class: "actions" },
      button("capture.retake", { class: "primary wide", part: "retake", onclick: on.retake }, "camera"),
      button("capture.use", { class: "wide", part: "use", onclick: on.use }))];
}

/**
 * @param {StepName[]} steps
 * @param {Map<StepName, Taken>} taken
 * @param {{send: () => void, take: (name: StepName) => void, drop: (name: StepName) => void}} on
 * @param {boolean} ready
 */
export function summaryView(steps, taken, on, ready) {
  return [...heading("capture.summary.title", ready ? "capture.summary.how" : "capture.summary.nothing"),
    h("ul", { class: "pictures" }, ...steps.map((name) => tile(name, taken.get(name), on))),
    h("div", { class: "actions" },
      button("capture.send", { class: "primary wide", part: "send", disabled: !ready, onclick: on.send }, "send"))];
}

/** @param {StepName} name @param {Taken | undefined} taken @param {{take: (name: StepName) => void, drop: (name: StepName) => void}} on */
function tile(name, taken, on) {
  const label = (/** @type {string} */ key) => ({ "aria-label": `${t(`capture.${name}.name`)}: ${t(key)}` });
  const act = taken ? "capture.retake" : "capture.add";
  return h("li", { class: taken ? "tile" : "tile empty", "data-step": name },
    h("div", { class: "thumb" }, taken && small(taken.picture)),
    h("div", { class: "about" }, h("strong", { t: `capture.${name}.name` }),
      taken ? h("span", { class: "small muted" }, t("capture.count", { count: taken.files.length })) : null,
      h("div", { class: "row" },
        button(act, { class: "quiet", part: "retake", ...label(act), onclick: () => on.take(name) }),
        taken && button("capture.drop", { class: "quiet", ...label("capture.drop"), onclick: () => on.drop(name) }))));
}

/** @param {HTMLCanvasElement} picture */
function small(picture) {
  const copy = h("canvas", { width: 168, height: Math.round((168 * picture.height) / picture.width) });
  copy.getContext("2d").drawImage(picture, 0, 0, copy.width, copy.height);
  return copy;
}

/** @param {() => void} cancel */
export function sendingView(cancel) {
  return [...heading("capture.sending.title"),
    h("progress", { part: "progress", max: 1, value: 0, "data-t-aria-label": "capture.sending.title" }),
    h("p", { part: "hint", role: "status", class: "hint", t: "capture.sending.how" }),
    h("div", { class: "actions" }, button("capture.cancel", { class: "quiet", onclick: cancel }))];
}

/** @param {string} key words of what went wrong @param {string} detail the service's own words @param {{again: () => void, back: () => void}} on */
export function failedView(key, detail, on) {
  return [...heading("capture.failed.title"),
    h("p", { class: "note", part: "fault", "data-tone": "warn", role: "alert" }, h("span", { t: key }), detail && h("span", { class: "small detail" }, detail)),
    h("div", { class: "actions" },
      button("capture.again", { class: "primary wide", part: "send", onclick: on.again }, "send"),
      button("capture.back_to_pictures", { class: "quiet", onclick: on.back }))];
}

/** @returns {Node[]} */
export function sentView() {
  return [...heading("capture.sent.title", "capture.sent.how"), icon("good")];
}
