/**
 * From measures to the one thing to say. Numbers are those of frames 320 pixels wide; none of them blocks
 * anybody, since the best frame of a window is taken anyway.
 *
 * @typedef {import("./measure.js").Measures} Measures
 * @typedef {"too_dark" | "whole_card" | "cut_off" | "closer" | "glare" | "hold_still" | "turn_over" | "good"} Hint
 */

import { edgesSeen } from "./measure.js";

/** Limits of a frame that is good enough to be taken at once. */
export const LIMITS = Object.freeze({ dark: 48, glare: 0.025, motion: 6, sharp: 80, small: 0.74, alike: 0.9 });

/**
 * @param {Measures} m
 * @param {import("./measure.js").Box} guide
 * @param {{card?: boolean, dark?: boolean}} [step] `card: false` for a page that is no card, `dark` where the room is
 * @returns {Hint}
 */
export function hintOf(m, guide, { card = true, dark = false } = {}) {
  if (!dark && m.brightness < LIMITS.dark) return "too_dark";
  if (card) {
    const framed = framing(m, guide);
    if (framed) return framed;
  }
  if (!dark && m.glare > LIMITS.glare) return "glare";
  if (m.motion > LIMITS.motion || m.sharpness < LIMITS.sharp) return "hold_still";
  return "good";
}

/** @param {Measures} m @param {import("./measure.js").Box} guide @returns {Hint | null} */
function framing({ edges, sharpness }, guide) {
  const seen = edgesSeen(edges);
  if (seen < 4 && sharpness < LIMITS.sharp / 2) return "hold_still"; // nothing has edges while it is out of focus
  if (seen < 3) return "whole_card";
  if (seen < 4) return "cut_off";
  const narrow = (edges.right.at - edges.left.at) / (guide.right - guide.left) < LIMITS.small;
  const low = (edges.bottom.at - edges.top.at) / (guide.bottom - guide.top) < LIMITS.small;
  if (narrow && low) return "closer";
  return narrow || low ? "cut_off" : null; // what was taken for its edge lies inside the card
}

/** What a frame is worth by its hint: a good one before all others, the same side again only for want of any. */
const BY_HINT = /** @type {Partial<Record<Hint, number>>} */ ({ good: 2, turn_over: 0.1 });

/** How good a frame is, to choose the best of a window. @param {Measures} m @param {Hint} hint */
export function worth(m, hint) {
  const framed = (1 + edgesSeen(m.edges)) / 5;
  const clear = 1 / (1 + 40 * m.glare);
  const lit = Math.min(1, m.brightness / 80);
  return framed * clear * lit * Math.log1p(m.sharpness) * (BY_HINT[hint] ?? 1);
}

/** A small print of a frame, to see whether the card was turned over. @param {Uint8Array} grey @param {number} width */
export function signature(grey, width) {
  const height = grey.length / width;
  const cells = new Float32Array(16 * 12);
  for (let cy = 0; cy < 12; cy += 1) {
    for (let cx = 0; cx < 16; cx += 1) cells[cy * 16 + cx] = cellMean(grey, width, height, cx, cy);
  }
  const mean = cells.reduce((a, b) => a + b, 0) / cells.length;
  return cells.map((v) => v - mean);
}

/** @param {Uint8Array} grey @param {number} width @param {number} height @param {number} cx @param {number} cy */
function cellMean(grey, width, height, cx, cy) {
  const x0 = Math.floor((width * (2 + cx * 0.75)) / 16);
  const y0 = Math.floor((height * (1.5 + cy * 0.75)) / 12);
  let sum = 0;
  for (let y = 0; y < 8; y += 1) for (let x = 0; x < 8; x += 1) sum += grey[(y0 + y) * width + x0 + x];
  return sum / 64;
}

/** Correlation of two signatures, -1 … 1. @param {Float32Array} a @param {Float32Array} b */
export function alike(a, b) {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb || 1);
}
