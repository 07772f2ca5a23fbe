/**
 * Taking one step with the camera: a still, or a clip of a card that is tilted. Both tell what to do, both take
 * what they have after some seconds, and both can be told to take it now.
 *
 * @typedef {import("./measure.js").Measures} Measures
 *
 * @typedef {object} Taken
 * @property {Blob[]} files
 * @property {HTMLCanvasElement} picture the still, or a clip's first frame, to be shown
 * @property {[number, number][] | null} corners of the card in it, where its edges were seen
 * @property {string | null} doubt what is wrong with it, as the name of a hint
 */

import { context2d, toJpeg } from "./camera.js";
import { alike, hintOf, LIMITS, signature, worth } from "./hints.js";
import { corners, FRAME_WIDTH, guideBox, Meter } from "./measure.js";
import { spread, TiltMeter } from "./tilt.js";

const EVERY_MS = 90;
const STEADY = 3; // good frames in a row before one is taken
const PATIENCE_MS = 8000;
const CLIP_EVERY_MS = 120;
const CLIP_WIDTH = 1280;
const LEAST_FRAMES = 8;

class Taker {
  /** @param {import("./camera.js").Camera} camera */
  constructor(camera) {
    this.camera = camera;
    const { width, height } = camera.visible();
    this.aspect = width / height || 4 / 3;
    this.canvas = document.createElement("canvas");
    this.canvas.width = FRAME_WIDTH;
    this.canvas.height = Math.round(FRAME_WIDTH / this.aspect);
    this.context = context2d(this.canvas, { willReadFrequently: true });
    this.guide = guideBox(this.aspect);
    this.meter = new Meter(this.canvas.width, this.canvas.height, this.guide);
    this.began = performance.now();
    /** Milliseconds that each frame's measure took, the newest last. @type {number[]} */
    this.costs = [];
  }

  get waited() {
    return performance.now() - this.began;
  }

  look() {
    this.camera.draw(this.context);
    const { data } = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    const start = performance.now();
    const measures = this.meter.measure(data);
    this.costs = [...this.costs.slice(-99), performance.now() - start];
    return measures;
  }

  /** @param {Measures} measures */
  quad(measures) {
    return corners(measures.edges, this.guide, this.aspect);
  }
}

/** Keeps the best frame of a window; takes it when frames are good, or when its patience ends. */
export class StillTaker extends Taker {
  /**
   * @param {import("./camera.js").Camera} camera
   * @param {{card: boolean, dark: boolean, unlike: Float32Array | null, say: (hint: string) => void}} step
   *   `unlike`: signature of the other side, which is not to be taken again
   */
  constructor(camera, step) {
    super(camera);
    this.step = step;
    this.steady = 0;
    /** @type {{worth: number, canvas: HTMLCanvasElement, measures: Measures, hint: string, print: Float32Array} | null} */
    this.best = null;
    /** @type {Promise<Taken | null>} */
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.stopFrames = camera.onFrame(() => this.#frame(), EVERY_MS);
    this.timer = setTimeout(() => this.take(), PATIENCE_MS);
  }

  #frame() {
    const measures = this.look();
    const print = signature(this.meter.grey, this.canvas.width);
    let hint = hintOf(measures, this.guide, this.step);
    if (this.step.unlike && alike(print, this.step.unlike) > LIMITS.alike) hint = "turn_over";
    this.step.say(hint);
    this.#keep(measures, hint, print);
    this.steady = hint === "good" ? this.steady + 1 : 0;
    if (this.steady >= STEADY) this.take();
  }

  /** @param {Measures} measures @param {import("./hints.js").Hint} hint @param {Float32Array} print */
  #keep(measures, hint, print) {
    const value = worth(measures, hint);
    if (this.best && value <= this.best.worth) return;
    this.best = { worth: value, canvas: this.camera.grab(), measures, hint, print };
  }

  /** Take the best frame so far; null where no frame was ever seen. */
  async take() {
    this.stop();
    if (!this.best) return this.finish?.(null);
    const { canvas, measures, hint, print } = this.best;
    const photo = hint === "good" ? await this.camera.photo() : null;
    const picture = photo ?? canvas;
    this.print = print;
    const quad = photo ? null : this.quad(measures);
    this.finish?.({ files: [await toJpeg(picture)], picture, corners: quad, doubt: hint === "good" ? null : hint });
  }

  stop() {
    clearTimeout(this.timer);
    this.stopFrames();
  }
}

/** Films a tilt until the card was tilted and brought back, or its patience ends. */
export class TiltTaker extends Taker {
  /**
   * @param {import("./camera.js").Camera} camera
   * @param {{axis: import("./tilt.js").Axis, frames: number, say: (hint: string) => void,
   *   progress: (share: number) => void}} step
   */
  constructor(camera, step) {
    super(camera);
    this.step = step;
    this.tilt = new TiltMeter(step.axis);
    /** @type {Promise<Blob>[]} */
    this.frames = [];
    /** @type {HTMLCanvasElement | null} */
    this.picture = null;
    /** @type {Promise<Taken | null>} */
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.stopFrames = camera.onFrame(() => this.#frame(), CLIP_EVERY_MS);
    this.onTurn = (/** @type {DeviceOrientationEvent} */ event) => this.#turned(event);
    addEventListener("deviceorientation", this.onTurn);
    this.timer = setTimeout(() => this.#patienceEnds(), PATIENCE_MS);
  }

  /** A slow phone is given the time that it needs for the least number of frames. */
  #patienceEnds() {
    if (this.frames.length >= LEAST_FRAMES) this.take();
    else this.timer = setTimeout(() => this.#patienceEnds(), CLIP_EVERY_MS);
  }

  /** @param {DeviceOrientationEvent} event */
  #turned({ beta, gamma }) {
    const degrees = this.step.axis === "tilt_vertical" ? beta : gamma;
    if (typeof degrees === "number") this.tilt.turn(degrees);
  }

  #frame() {
    const measures = this.look();
    this.tilt.see(this.quad(measures), this.aspect);
    const canvas = this.camera.grab(CLIP_WIDTH);
    this.picture ??= canvas;
    this.frames.push(toJpeg(canvas, 0.9));
    this.step.progress(this.tilt.progress);
    this.step.say(this.#hint(measures));
    if (this.tilt.done && this.frames.length >= this.step.frames) this.take();
  }

  /** @param {Measures} measures */
  #hint(measures) {
    if (measures.brightness < LIMITS.dark) return "too_dark";
    return this.tilt.returning ? "tilt_back" : `${this.step.axis}_away`;
  }

  /** Take what was filmed; null where that is too little to be judged. */
  async take() {
    this.stop();
    if (!this.picture || this.frames.length < LEAST_FRAMES) return this.finish?.(null);
    const files = await Promise.all(spread(this.frames, this.step.frames));
    const doubt = this.tilt.done ? null : "little_tilt";
    this.finish?.({ files, picture: this.picture, corners: null, doubt });
  }

  stop() {
    clearTimeout(this.timer);
    this.stopFrames();
    removeEventListener("deviceorientation", this.onTurn);
  }
}

/** Ask for the phone's sensor where that needs a tap (Safari, newer Chrome); the film works without it. */
export async function askForMotion() {
  const ask = /** @type {any} */ (globalThis.DeviceOrientationEvent)?.requestPermission;
  if (typeof ask !== "function") return;
  await ask.call(DeviceOrientationEvent).catch(() => undefined); // refused: the card's outline shows it too
}
