/**
 * The card with the places of its findings. The picture is the one that was just taken, straightened on this
 * device by the outline that was seen; where that was not seen, a sketch of a card stands for it.
 */

import { h, svg } from "../dom.js";

const W = 856;
const H = 540;
const TONES = /** @type {Record<string, string>} */ ({ fail: "bad", suspect: "warn", inconclusive: "idle", pass: "good" });
const ORDER = ["fail", "suspect", "inconclusive", "pass"];

/** Findings of a report that have a place, those that speak against the card first. @param {any} report */
export function placed(report) {
  return report.checks.filter((/** @type {any} */ check) => check.region && check.result in TONES)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
}

/** Numbers of the findings, as they stand beside their places: what is in order has none. @param {any} report @returns {Map<string, number>} */
export function numbersOf(report) {
  const told = placed(report).filter((/** @type {any} */ check) => check.result !== "pass");
  return new Map(told.map((/** @type {any} */ check, /** @type {number} */ i) => [check.id, i + 1]));
}

/**
 * One side of the card.
 *
 * @param {any} report
 * @param {"front" | "back"} side
 * @param {import("../capture/takers.js").Taken | undefined} taken
 */
export function cardMap(report, side, taken) {
  const numbers = numbersOf(report);
  const found = placed(report).filter((/** @type {any} */ check) => check.region.side === side && check.result !== "pass");
  const canvas = h("canvas", { width: W, height: H });
  const drawn = Boolean(taken?.corners) && straighten(taken.picture, taken.corners, canvas);
  return {
    drawn,
    count: found.length,
    element: h("div", { class: drawn ? "map" : "map sketch" }, drawn && canvas,
      svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "data-t-aria-label": `result.side.${side}` },
        ...(drawn ? [] : sketch(side)),
        ...found.map((/** @type {any} */ check) => frame(check, numbers.get(check.id) ?? 0)))),
  };
}

/** @param {any} check @param {number} number */
function frame({ region, result }, number) {
  const [x, y, width, height] = region.box.map((/** @type {number} */ v, /** @type {number} */ i) => v * (i % 2 ? H : W));
  const at = { x: Math.min(Math.max(x, 22), W - 22), y: Math.max(y - 4, 22) };
  return svg("g", { "data-tone": TONES[result], class: "place" },
    svg("rect", { x, y, width, height, rx: 4, class: "halo" }), svg("rect", { x, y, width, height, rx: 4 }),
    svg("circle", { cx: at.x, cy: at.y, r: 19 }), svg("text", { x: at.x, y: at.y + 9, "text-anchor": "middle" }, String(number)));
}

/** What everybody knows of a card's face: a photo to the right, lines of text. @param {"front" | "back"} side */
function sketch(side) {
  const lines = side === "front"
    ? [[40, 60, 420], [40, 130, 520], [40, 200, 360], [40, 270, 520], [40, 340, 440], [40, 410, 520], [40, 480, 300]]
    : [[40, 80, 776], [40, 170, 776], [40, 260, 776], [40, 350, 776], [40, 440, 776]];
  return [svg("rect", { x: 2, y: 2, width: W - 4, height: H - 4, rx: 30, class: "sheet" }),
    ...(side === "front" ? [svg("rect", { x: 600, y: 150, width: 216, height: 270, rx: 6, class: "ink" })] : []),
    ...lines.map(([x, y, width]) => svg("rect", { x, y, width, height: 14, rx: 7, class: "ink" }))];
}

/**
 * Draw the card of a picture upright into a canvas; false where its outline makes no sense.
 *
 * @param {HTMLCanvasElement} picture
 * @param {[number, number][]} corners fractions of the picture, clockwise from top left
 * @param {HTMLCanvasElement} into
 */
export function straighten(picture, corners, into) {
  const points = corners.map(([x, y]) => [x * picture.width, y * picture.height]);
  const m = homography(points);
  const from = picture.getContext("2d")?.getImageData(0, 0, picture.width, picture.height);
  const context = into.getContext("2d");
  if (!m || !from || !context) return false;
  const out = context.createImageData(W, H);
  const source = new Uint32Array(from.data.buffer);
  const target = new Uint32Array(out.data.buffer);
  for (let v = 0, i = 0; v < H; v += 1) {
    for (let u = 0; u < W; u += 1, i += 1) {
      const [a, b] = [(u + 0.5) / W, (v + 0.5) / H];
      const w = m[6] * a + m[7] * b + 1;
      const x = Math.floor((m[0] * a + m[1] * b + m[2]) / w);
      const y = Math.floor((m[3] * a + m[4] * b + m[5]) / w);
      if (x >= 0 && y >= 0 && x < picture.width && y < picture.height) target[i] = source[y * picture.width + x];
    }
  }
  context.putImageData(out, 0, 0);
  return true;
}

/** From the unit square to four points (Heckbert 1989). @param {number[][]} p */
function homography([p0, p1, p2, p3]) {
  const [dx1, dy1] = [p1[0] - p2[0], p1[1] - p2[1]];
  const [dx2, dy2] = [p3[0] - p2[0], p3[1] - p2[1]];
  const [sx, sy] = [p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]];
  const det = dx1 * dy2 - dx2 * dy1;
  if (Math.abs(det) < 1e-6) return null;
  const g = (sx * dy2 - dx2 * sy) / det;
  const k = (dx1 * sy - sx * dy1) / det;
  return [p1[0] - p0[0] + g * p1[0], p3[0] - p0[0] + k * p3[0], p0[0],
    p1[1] - p0[1] + g * p1[1], p3[1] - p0[1] + k * p3[1], p0[1], g, k];
}
