/** A picture on a canvas that can be looked at closely: by wheel, by dragging, by keys. */

import { h, say } from "../dom.js";
import { t } from "../i18n.js";

const STEP = 0.12;

/** @typedef {{scale: number, x: number, y: number}} View centre as shares of the picture */

/** @param {View} view @param {() => void} redraw */
export function pane(view, redraw) {
  const canvas = h("canvas", { role: "img", tabindex: "0" });
  const caption = h("figcaption", { class: "small" });
  const node = h("figure", { class: "pane" }, canvas, caption);
  /** @type {ImageBitmap | null} */
  let picture = null;
  /** @type {any[]} */
  let regions = [];

  /** @param {string} key */
  function name(key) {
    say(caption, key);
    canvas.setAttribute("data-t-aria-label", key);
    canvas.setAttribute("aria-label", t(key));
  }

  /** The canvas in device pixels, as high as the picture wants. @param {ImageBitmap} [shape] */
  function prepared(shape) {
    const width = node.clientWidth;
    const tall = shape ? Math.min(1.3, shape.height / shape.width) : 638 / 1012;
    const ratio = Math.min(2, devicePixelRatio);
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(width * tall * ratio));
    node.toggleAttribute("data-close", view.scale > 1);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.imageSmoothingQuality = "high";
    return context;
  }

  /** @param {CanvasRenderingContext2D} context @param {ImageBitmap} bitmap @param {number} until share of the width */
  function paint(context, bitmap, until = 1) {
    const { width, height } = context.canvas;
    context.save();
    context.beginPath();
    context.rect(0, 0, width * until, height);
    context.clip();
    const span = 1 / view.scale;
    context.drawImage(bitmap, (view.x - span / 2) * bitmap.width, (view.y - span / 2) * bitmap.height, span * bitmap.width, span * bitmap.height, 0, 0, width, height);
    context.restore();
  }

  /** Frames of findings: double, dark and light, so that they are seen on any ground. @param {CanvasRenderingContext2D} context */
  function frame(context) {
    const { width, height } = context.canvas;
    const unit = Math.max(2, width / 300);
    regions.forEach((check, index) => {
      const [x, y, w, h_] = check.region.box;
      const left = ((x - view.x) * view.scale + 0.5) * width;
      const top = ((y - view.y) * view.scale + 0.5) * height;
      for (const [colour, thick] of [["#fff", 2 * unit], [check.result === "fail" ? "#9c161c" : "#854600", unit]]) {
        context.strokeStyle = /** @type {string} */ (colour);
        context.lineWidth = /** @type {number} */ (thick);
        context.setLineDash(check.result === "fail" ? [] : [4 * unit, 2 * unit]);
        context.strokeRect(left, top, w * view.scale * width, h_ * view.scale * height);
      }
      context.font = `600 ${Math.round(7 * unit)}px system-ui, sans-serif`;
      context.fillStyle = check.result === "fail" ? "#9c161c" : "#854600";
      const mark = String(index + 1);
      const wide = context.measureText(mark).width + 4 * unit;
      context.fillRect(left, top, wide, 9 * unit);
      context.fillStyle = "#fff";
      context.fillText(mark, left + 2 * unit, top + 7 * unit);
    });
  }

  const self = {
    node,
    findings: true,
    name,
    get picture() {
      return picture;
    },
    /** @param {string} kind @param {ImageBitmap | null} bitmap @param {any[]} found */
    show(kind, bitmap, found) {
      picture = bitmap;
      regions = found;
      node.hidden = kind === "none" || (kind === "file" && !bitmap);
      name(`console.picture.${kind}`);
    },
    /** @param {boolean} waiting */
    busy(waiting) {
      node.setAttribute("aria-busy", String(waiting));
    },
    focus: () => canvas.focus({ preventScroll: true }),
    draw() {
      const context = prepared(picture ?? undefined);
      if (!picture) return;
      paint(context, picture);
      if (self.findings) frame(context);
    },
    /** @param {typeof self} over @param {typeof self} under @param {number} until share of the width that `over` covers */
    drawBoth(over, under, until) {
      const context = prepared(picture ?? undefined);
      if (!over.picture || !under.picture) return;
      if (until < 1) paint(context, under.picture);
      paint(context, over.picture, until);
      if (until < 1) {
        context.fillStyle = "#b35900";
        context.fillRect(context.canvas.width * until - 2, 0, 4, context.canvas.height);
      }
    },
    /** @param {(scale: number, x: number, y: number) => void} look @param {View} at */
    onLook(look, at) {
      const move = (/** @type {number} */ dx, /** @type {number} */ dy) => look(at.scale, at.x + (dx * STEP) / at.scale, at.y + (dy * STEP) / at.scale);
      /** @type {Record<string, () => void>} */
      const keys = {
        ArrowLeft: () => move(-1, 0),
        ArrowRight: () => move(1, 0),
        ArrowUp: () => move(0, -1),
        ArrowDown: () => move(0, 1),
      };
      canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
        const act = keys[event.key];
        if (!act || at.scale === 1) return;
        event.preventDefault();
        act();
      });
      canvas.addEventListener(
        "wheel",
        (/** @type {WheelEvent} */ event) => {
          if (!event.ctrlKey) return; // without Ctrl, and without pinching, the wheel scrolls the page
          event.preventDefault();
          look(at.scale * (event.deltaY < 0 ? 1.15 : 1 / 1.15), at.x, at.y);
        },
        { passive: false },
      );
      pointing(canvas, {
        drag: (dx, dy) => look(at.scale, at.x - dx / at.scale, at.y - dy / at.scale),
        tap: (x, y) => look(Math.max(2, at.scale), at.x + (x - 0.5) / at.scale, at.y + (y - 0.5) / at.scale),
      });
      redraw();
    },
  };
  return self;
}

/**
 * Dragging moves the picture; a tap brings its place to the middle, for those who cannot drag. Both in shares of
 * the canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{drag: (dx: number, dy: number) => void, tap: (x: number, y: number) => void}} acts
 */
function pointing(canvas, { drag, tap }) {
  let moved = 0;
  canvas.addEventListener("pointerdown", (event) => {
    moved = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    moved += Math.abs(event.movementX) + Math.abs(event.movementY);
    drag(event.movementX / canvas.clientWidth, event.movementY / canvas.clientHeight);
  });
  canvas.addEventListener("click", (event) => {
    if (moved < 6) tap(event.offsetX / canvas.clientWidth, event.offsetY / canvas.clientHeight);
  });
}
