/** The pictures of a case: what was kept, or a plain word that nothing was, and files from this device. */

import { h } from "../dom.js";
import { comparator } from "./comparator.js";
import { scrubber } from "./scrubber.js";

/**
 * @param {any} report
 * @param {string[]} kept names of the kept files
 * @returns {import("./case.js").Part & {point: (region: any) => void}}
 */
export function picturesPart(report, kept) {
  const has = (/** @type {string} */ name) => kept.some((part) => part === name || part.startsWith(`${name}/`));
  const views = comparator(report, sources(has));
  const axes = ["tilt_vertical", "tilt_horizontal", "tilt_rotate"].filter(has);
  const frames = axes.length ? scrubber(report.id, axes) : null;
  const node = h(
    "section",
    { class: "card", "aria-labelledby": "pictures-title" },
    h("h2", { id: "pictures-title", t: "console.pictures" }),
    kept.length ? null : h("p", { class: "note", dataset: { tone: "calm" }, t: "console.pictures.not_kept" }),
    views.node,
    frames?.node,
  );
  return {
    node,
    point: views.point,
    leave() {
      views.leave();
      frames?.leave();
    },
  };
}

/** Kinds of pictures that the kept files can give. @param {(name: string) => boolean} has */
function sources(has) {
  const card = has("front") || has("back");
  return [
    ...(card ? ["front", "back", "photo"] : []),
    ...(has("chip") ? ["chip_text", "chip_photo"] : []),
  ];
}
