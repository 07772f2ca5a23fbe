/**
 * Files that somebody chose instead of using the camera. They are sent as they are.
 *
 * @typedef {import("./takers.js").Taken} Taken
 */

import { context2d } from "./camera.js";
import { corners, FRAME_WIDTH, guideBox, Meter } from "./measure.js";

const SHOWN_WIDTH = 1600;

/** What a file chooser offers for a step. @param {boolean} film */
export function accepted(film) {
  return film ? "image/*,video/mp4,video/webm" : "image/*,application/pdf";
}

/** @param {File[]} files @returns {Promise<Taken>} */
export async function fromFiles(files) {
  const picture = await drawn(files[0]);
  return { files, picture, corners: picture.dataset.blank ? null : findCard(picture), doubt: null };
}

/** A file as a canvas; a blank card where this browser cannot decode it (HEIC, PDF, video). @param {File} file */
async function drawn(file) {
  const canvas = document.createElement("canvas");
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, SHOWN_WIDTH / bitmap.width);
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    context2d(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
  } catch {
    canvas.width = 856;
    canvas.height = 540;
    canvas.dataset.blank = "true";
  }
  return canvas;
}

/** The card's corners in a picture that it fills for the greater part. @param {HTMLCanvasElement} picture */
function findCard(picture) {
  const aspect = picture.width / picture.height;
  const canvas = document.createElement("canvas");
  canvas.width = FRAME_WIDTH;
  canvas.height = Math.round(FRAME_WIDTH / aspect);
  const context = context2d(canvas, { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const guide = guideBox(aspect, 0.9);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return corners(new Meter(canvas.width, canvas.height, guide).measure(data).edges, guide, aspect);
}
