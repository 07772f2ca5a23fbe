/**
 * What can be seen of a card in one small frame: grey levels, sharpness, glare, brightness, motion and the four
 * edges. Plain arithmetic on typed arrays, without the page: some milliseconds for a frame 320 pixels wide.
 *
 * @typedef {object} Box fractions of the frame, origin top left
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 *
 * @typedef {object} Edge a line found near one side
 * @property {number} cover share of the side along which there is an edge, 0 … 1
 * @property {number} at its middle, fraction of the frame's width or height
 * @property {number} slope of the line, in pixels for one pixel along the side
 *
 * @typedef {object} Measures
 * @property {number} sharpness variance of the Laplacian inside the guide
 * @property {number} glare share of burnt-out pixels inside the guide
 * @property {number} brightness mean grey inside the guide, 0 … 255
 * @property {number} motion mean change of grey against the frame before, 0 … 255
 * @property {Record<"top" | "bottom" | "left" | "right", Edge>} edges
 */

/** Width of a measured frame, pixels. */
export const FRAME_WIDTH = 320;
/** Width to height of an ID-1 card (ISO/IEC 7810). */
export const CARD_ASPECT = 85.6 / 53.98;
/** Share of an edge that must be seen for the edge to count as seen. */
export const EDGE_SEEN = 0.5;

const BURNT = 250;
const STEP = 12; // grey levels over two pixels: an edge, and not the grain of the sensor
const SAMPLES = 40;
const SLOPES = [-0.16, -0.12, -0.08, -0.05, -0.025, 0, 0.025, 0.05, 0.08, 0.12, 0.16];
const REACH = 0.3; // how far inside the guide an edge is looked for, as a share of the guide

/** The guide in the middle of a frame, `share` of its width wide. @param {number} aspect of the frame @param {number} share */
export function guideBox(aspect, share = 0.84) {
  const height = Math.min((share * aspect) / CARD_ASPECT, 0.9);
  const width = (height * CARD_ASPECT) / aspect;
  return { left: (1 - width) / 2, top: (1 - height) / 2, right: (1 + width) / 2, bottom: (1 + height) / 2 };
}

/** Luma of RGBA pixels (ITU-R BT.601). @param {Uint8ClampedArray} rgba @param {Uint8Array} out */
export function toGrey(rgba, out) {
  for (let i = 0, j = 0; i < out.length; i += 1, j += 4) {
    out[i] = (rgba[j] * 77 + rgba[j + 1] * 150 + rgba[j + 2] * 29) >> 8;
  }
  return out;
}

/** Measures frames of one size; keeps the frame before for the motion. */
export class Meter {
  /** @param {number} width @param {number} height @param {Box} guide */
  constructor(width, height, guide) {
    this.width = width;
    this.height = height;
    this.guide = guide;
    this.grey = new Uint8Array(width * height);
    this.before = new Uint8Array(width * height);
    this.across = new Uint8Array(width * height);
    this.along = new Uint8Array(width * height);
    this.seen = false;
  }

  /** @param {Uint8ClampedArray} rgba pixels of one frame @returns {Measures} */
  measure(rgba) {
    [this.grey, this.before] = [this.before, this.grey];
    toGrey(rgba, this.grey);
    const edges = this.#edges();
    const { sharpness, brightness } = this.#texture();
    const measures = { sharpness, brightness, glare: this.#glare(rgba), motion: this.#motion(), edges };
    this.seen = true;
    return measures;
  }

  #inside() {
    const { left, top, right, bottom } = this.guide;
    const inset = 0.06 * (right - left);
    return {
      x0: Math.round((left + inset) * this.width),
      x1: Math.round((right - inset) * this.width),
      y0: Math.round((top + inset) * this.height),
      y1: Math.round((bottom - inset) * this.height),
    };
  }

  #texture() {
    const { grey, width } = this;
    const { x0, x1, y0, y1 } = this.#inside();
    let sum = 0;
    let squares = 0;
    let light = 0;
    for (let y = y0; y < y1; y += 1) {
      for (let i = y * width + x0, end = y * width + x1; i < end; i += 1) {
        const bend = 4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width];
        sum += bend;
        squares += bend * bend;
        light += grey[i];
      }
    }
    const count = Math.max(1, (x1 - x0) * (y1 - y0));
    return { sharpness: squares / count - (sum / count) ** 2, brightness: light / count };
  }

  /** @param {Uint8ClampedArray} rgba */
  #glare(rgba) {
    const { x0, x1, y0, y1 } = this.#inside();
    let burnt = 0;
    let count = 0;
    for (let y = y0; y < y1; y += 2) {
      for (let x = x0; x < x1; x += 2) {
        const j = (y * this.width + x) * 4;
        if (rgba[j] >= BURNT && rgba[j + 1] >= BURNT && rgba[j + 2] >= BURNT) burnt += 1;
        count += 1;
      }
    }
    return burnt / Math.max(1, count);
  }

  #motion() {
    if (!this.seen) return 255;
    const { grey, before } = this;
    let sum = 0;
    let count = 0;
    for (let i = 0; i < grey.length; i += 7) {
      sum += Math.abs(grey[i] - before[i]);
      count += 1;
    }
    return sum / count;
  }

  #edges() {
    this.#gradients();
    const { left, top, right, bottom } = this.guide;
    const { width: w, height: h } = this;
    const row = { size: h, length: w, from: left, to: right, map: this.across, stride: w, pitch: 1 };
    const column = { size: w, length: h, from: top, to: bottom, map: this.along, stride: 1, pitch: w };
    const deep = REACH * (bottom - top);
    const wide = REACH * (right - left);
    return {
      top: outermost(row, 0, top + deep),
      bottom: outermost(row, 1, bottom - deep),
      left: outermost(column, 0, left + wide),
      right: outermost(column, 1, right - wide),
    };
  }

  /** Where grey steps, widened by a pixel to each side so that a line need not be met exactly. */
  #gradients() {
    const { grey, across, along, width } = this;
    const end = grey.length - 2 * width;
    for (let i = 2 * width; i < end; i += 1) {
      const down = grey[i + width] - grey[i - width];
      const up = grey[i] - grey[i - 2 * width];
      const over = grey[i + 1] - grey[i - 1];
      const back = grey[i] - grey[i - 2];
      across[i] = down > STEP || down < -STEP || up > STEP || up < -STEP ? 1 : 0;
      along[i] = over > STEP || over < -STEP || back > STEP || back < -STEP ? 1 : 0;
    }
  }
}

/**
 * The outermost line along which there is about as much edge as along the best one: print inside the card has
 * edges too, but lies further in.
 *
 * @param {{size: number, length: number, from: number, to: number, map: Uint8Array, stride: number, pitch: number}} side
 * @param {number} border 0 or 1, where the search begins
 * @param {number} limit where it ends
 * @returns {Edge}
 */
function outermost(side, border, limit) {
  const first = border === 0 ? 3 : side.size - 4;
  const last = Math.round(limit * side.size);
  const step = border === 0 ? 1 : -1;
  const lines = [];
  let best = 0;
  for (let at = first; at !== last + step && (last - at) * step >= 0; at += step) {
    const line = steepest(side, at);
    lines.push(line);
    if (line.cover > best) best = line.cover;
  }
  const found = lines.find((line) => line.cover >= 0.92 * best) ?? { cover: 0, at: first, slope: 0 };
  return { ...found, at: found.at / side.size };
}

/**
 * The slope with the most edge through one place of a side.
 *
 * @param {{size: number, length: number, from: number, to: number, map: Uint8Array, stride: number, pitch: number}} side
 * @param {number} at
 */
function steepest(side, at) {
  const { size, length, from, to, map, stride, pitch } = side;
  const middle = ((from + to) / 2) * length;
  const span = ((to - from) * length * 0.94) / SAMPLES;
  let cover = 0;
  let slope = 0;
  for (const lean of SLOPES) {
    let hits = 0;
    for (let k = 0; k < SAMPLES; k += 1) {
      const off = (k - (SAMPLES - 1) / 2) * span;
      const across = Math.round(at + lean * off);
      if (across > 1 && across < size - 2) hits += map[across * stride + Math.round(middle + off) * pitch];
    }
    if (hits > cover || (hits === cover && Math.abs(lean) < Math.abs(slope))) {
      cover = hits;
      slope = lean;
    }
  }
  return { cover: cover / SAMPLES, at, slope };
}

/** How many of the four edges are seen. @param {Measures["edges"]} edges */
export function edgesSeen(edges) {
  return Object.values(edges).filter((edge) => edge.cover >= EDGE_SEEN).length;
}

/**
 * The card's corners where its four edges are seen, as fractions of the frame: top left, top right, bottom right,
 * bottom left. Null where an edge is missing.
 *
 * @param {Measures["edges"]} edges @param {Box} guide @param {number} aspect of the frame
 * @returns {[number, number][] | null}
 */
export function corners(edges, guide, aspect) {
  if (edgesSeen(edges) < 4) return null;
  const { top, bottom, left, right } = edges;
  const middle = { x: (guide.left + guide.right) / 2, y: (guide.top + guide.bottom) / 2 };
  /** @param {Edge} row @param {Edge} column @returns {[number, number]} */
  const meet = (row, column) => {
    let x = column.at;
    let y = row.at;
    for (let turn = 0; turn < 3; turn += 1) {
      y = row.at + row.slope * (x - middle.x) * aspect;
      x = column.at + (column.slope * (y - middle.y)) / aspect;
    }
    return [x, y];
  };
  return [meet(top, left), meet(top, right), meet(bottom, right), meet(bottom, left)];
}
