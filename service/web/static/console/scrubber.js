/** Frames of a tilt under a slider: the card lies still, only what changes with the angle moves. */

import { t } from "../i18n.js";
import { faultText, picture } from "./asking.js";
import { h, say } from "../dom.js";
import { button } from "./dom.js";
import { bindKeys } from "./shortcuts.js";

const WIDTH = 506;
const HEIGHT = 319;
const FRAME_MS = 400;

/** @param {string} id @param {string[]} axes kinds of pictures: `tilt_vertical` … */
export function scrubber(id, axes) {
  const stop = new AbortController();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const canvas = h("canvas", { role: "img", width: WIDTH, height: HEIGHT, label: "console.tilt.frame" });
  const slider = h("input", { type: "range", min: "1", max: "1", value: "1", label: "console.tilt.slider", oninput: draw });
  const place = h("output", { class: "small" });
  const fault = h("p", { class: "fault", role: "alert" });
  const play = button("console.tilt.play", toggle);
  const back = button("console.tilt.back", () => step(-1));
  const onward = button("console.tilt.onward", () => step(1));
  const tabs = axes.map((axis) => button(`console.axis.${axis}`, () => load(axis), { dataset: { axis }, "aria-pressed": "false" }));
  const figure = h("figure", { hidden: true }, canvas, h("div", { class: "row tools" }, back, onward, play, place), slider);
  const node = h("div", { class: "scrubber", role: "group", "aria-labelledby": "tilt-title" }, h("h3", { id: "tilt-title", t: "console.tilt" }), h("div", { class: "row tools" }, ...tabs), fault, figure);
  /** @type {ImageBitmap | null} */
  let sheet = null;
  /** @type {ReturnType<typeof setInterval> | null} */
  let playing = null;
  let onwards = 1;

  /** @param {string} axis */
  async function load(axis) {
    pause();
    fault.textContent = "";
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.axis === axis));
    node.setAttribute("aria-busy", "true");
    try {
      const blob = await picture(id, axis, stop.signal);
      sheet?.close();
      sheet = blob && (await createImageBitmap(blob));
      figure.hidden = sheet === null;
      if (sheet === null) return say(fault, "console.tilt.absent");
      slider.max = String(sheet.height / HEIGHT);
      slider.value = "1";
      draw();
    } catch (error) {
      if (!stop.signal.aborted) fault.textContent = faultText(error);
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  function draw() {
    if (!sheet) return;
    const index = Number(slider.value) - 1;
    canvas.getContext("2d").drawImage(sheet, 0, index * HEIGHT, WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT);
    say(place, "console.tilt.place", { frame: slider.value, count: slider.max });
    slider.setAttribute("aria-valuetext", t("console.tilt.place", { frame: slider.value, count: slider.max }));
  }

  /** @param {number} by */
  function step(by) {
    slider.value = String(Number(slider.value) + by);
    draw();
  }

  /** To and fro, as the card was moved. */
  function advance() {
    const at = Number(slider.value);
    if (at >= Number(slider.max)) onwards = -1;
    if (at <= 1) onwards = 1;
    step(onwards);
  }

  function toggle() {
    if (playing !== null) return pause();
    if (still.matches) return advance();
    playing = setInterval(advance, FRAME_MS);
    say(play, "console.tilt.pause");
  }

  function pause() {
    if (playing !== null) clearInterval(playing);
    playing = null;
    say(play, "console.tilt.play");
  }

  const unbind = bindKeys({ "[": () => step(-1), "]": () => step(1) });
  return {
    node,
    leave() {
      unbind();
      pause();
      stop.abort();
      sheet?.close();
    },
  };
}
