/**
 * How far a card has been tilted and brought back, by what is seen of it: its outline gets narrower and wedged.
 * A phone's own sensor helps where its owner lets it. Time alone never counts.
 *
 * @typedef {"tilt_vertical" | "tilt_horizontal"} Axis
 */

/** Change of the outline (logarithm) that is a full tilt: about 20 degrees at arm's length. */
const FULL_OUTLINE = 0.17;
/** Turn of the phone that is a full tilt, degrees. */
const FULL_TURN = 20;
/** Share of the way back at which the card counts as brought back. */
const HOME = 0.4;

export class TiltMeter {
  /** @param {Axis} axis */
  constructor(axis) {
    this.axis = axis;
    /** @type {{lean: number, wedge: number} | null} */
    this.start = null;
    /** @type {number | null} */
    this.turnStart = null;
    this.peak = 0;
    this.home = 0;
    /** The outline's and the sensor's change now, as shares of a full tilt. */
    this.now = { outline: 0, turn: 0 };
  }

  /** @param {[number, number][] | null} quad corners in fractions @param {number} aspect of the frame */
  see(quad, aspect) {
    if (quad === null) return;
    const shape = outline(quad, aspect, this.axis);
    this.start ??= shape;
    const change = Math.abs(shape.wedge - this.start.wedge) + Math.max(0, this.start.lean - shape.lean);
    this.now.outline = change / FULL_OUTLINE;
    this.#move();
  }

  /** @param {number} degrees the phone's angle about the axis */
  turn(degrees) {
    this.turnStart ??= degrees;
    this.now.turn = Math.abs(((degrees - this.turnStart + 540) % 360) - 180) / FULL_TURN;
    this.#move();
  }

  #move() {
    const change = Math.min(1.5, Math.max(this.now.outline, this.now.turn));
    if (change > this.peak) this.peak = change;
    if (this.peak >= 1) {
      const back = (this.peak - change) / (this.peak * (1 - HOME));
      this.home = Math.max(this.home, Math.min(1, back));
    }
  }

  /** 0 … 1: half of it for the way out, half for the way back. */
  get progress() {
    return Math.min(1, this.peak) / 2 + this.home / 2;
  }

  get returning() {
    return this.peak >= 1;
  }

  get done() {
    return this.progress >= 1;
  }
}

/** @param {[number, number][]} quad @param {number} aspect @param {Axis} axis */
function outline(quad, aspect, axis) {
  const [tl, tr, br, bl] = quad.map(([x, y]) => [x * aspect, y]);
  const above = Math.hypot(tr[0] - tl[0], tr[1] - tl[1]);
  const below = Math.hypot(br[0] - bl[0], br[1] - bl[1]);
  const left = Math.hypot(bl[0] - tl[0], bl[1] - tl[1]);
  const right = Math.hypot(br[0] - tr[0], br[1] - tr[1]);
  const shape = Math.log((left + right) / (above + below));
  return axis === "tilt_vertical"
    ? { lean: shape, wedge: Math.log(above / below) }
    : { lean: -shape, wedge: Math.log(left / right) };
}

/** `count` items spread evenly over a list, first and last among them. @template T @param {T[]} list @param {number} count */
export function spread(list, count) {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.round((i * (list.length - 1)) / (count - 1))]);
}
