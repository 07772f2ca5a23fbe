/**
 * The phone's camera, and what it may lack: every capability is asked for, none is needed.
 * What is shown in the viewfinder is what is taken: nothing beside it leaves the phone.
 */

/** Never `exact`: a desktop's camera has no facing mode and would be refused. */
const CONSTRAINTS = {
  audio: false,
  video: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1920 },
    height: { ideal: 1080 },
    frameRate: { ideal: 30 },
  },
};
/** A photo is worth its delay only where it has this much more detail than the video. */
const PHOTO_GAIN = 1.3;
const PHOTO_MS = 4000;

/** @typedef {"unsupported" | "denied" | "missing" | "busy"} CameraFault */

/** Why there is no camera. */
export class CameraError extends Error {
  /** @param {CameraFault} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** @type {Record<string, CameraFault>} */
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };

export class Camera {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.torchOn = false;
  }

  /** Ask for the camera and show it. Throws CameraError. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("unsupported");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    } catch (error) {
      throw new CameraError(REASONS[/** @type {DOMException} */ (error).name] ?? "busy");
    }
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => undefined); // Safari plays by itself once the video is visible
  }

  /** Give the camera back: its light goes out. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.torchOn = false;
    this.video.srcObject = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** Whether this camera has a lamp that a page may switch. */
  get hasTorch() {
    return Boolean(/** @type {any} */ (this.track?.getCapabilities?.())?.torch);
  }

  /** Switch the lamp; what it is afterwards. @param {boolean} on */
  async torch(on) {
    try {
      await this.track?.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }));
      this.torchOn = on && this.hasTorch;
    } catch {
      this.torchOn = false; // OverconstrainedError: it said it had one and has none
    }
    return this.torchOn;
  }

  /** The part of the video that `object-fit: cover` shows in its box, in pixels of the video. */
  visible() {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = this.video;
    const aspect = clientWidth / clientHeight || 4 / 3;
    const width = Math.min(videoWidth, videoHeight * aspect);
    const height = Math.min(videoHeight, videoWidth / aspect);
    return { x: (videoWidth - width) / 2, y: (videoHeight - height) / 2, width, height };
  }

  get ready() {
    return this.video.readyState >= 2 && this.video.videoWidth > 0;
  }

  /** Draw what is visible. @param {CanvasRenderingContext2D} context */
  draw(context) {
    const { x, y, width, height } = this.visible();
    context.drawImage(this.video, x, y, width, height, 0, 0, context.canvas.width, context.canvas.height);
  }

  /** What is visible as a new canvas, at most `limit` pixels wide. @param {number} [limit] */
  grab(limit = 2560) {
    const { width, height } = this.visible();
    const scale = Math.min(1, limit / width);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    this.draw(context2d(canvas));
    return canvas;
  }

  /** A photo with more detail than the video, cut to what was visible; null where there is none. */
  async photo() {
    const Capture = /** @type {any} */ (globalThis).ImageCapture;
    if (!Capture || !this.track) return null;
    try {
      const capture = new Capture(this.track);
      const most = (await within(capture.getPhotoCapabilities(), PHOTO_MS))?.imageWidth?.max ?? 0;
      if (most < PHOTO_GAIN * this.video.videoWidth) return null;
      return await this.#cut(await createImageBitmap(await within(capture.takePhoto(), PHOTO_MS)));
    } catch {
      return null; // some phones promise photos and give none
    }
  }

  /** @param {ImageBitmap} bitmap */
  #cut(bitmap) {
    const { x, y, width, height } = this.visible();
    const scale = bitmap.width / this.video.videoWidth;
    const alike = Math.abs(bitmap.height / this.video.videoHeight / scale - 1) < 0.02;
    if (!alike || scale < PHOTO_GAIN) return null;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const from = [x, y, width, height].map((v) => v * scale);
    context2d(canvas).drawImage(bitmap, from[0], from[1], from[2], from[3], 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  /**
   * Call back for new frames, at most every `every` milliseconds, until the returned function is called.
   *
   * @param {() => void} seen @param {number} every
   */
  onFrame(seen, every) {
    let going = true;
    let last = -Infinity;
    const video = /** @type {any} */ (this.video);
    const next = () => {
      if (!going) return;
      if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(tick);
      else requestAnimationFrame(tick);
    };
    const tick = (/** @type {number} */ now) => {
      if (going && this.ready && now - last >= every) {
        last = now;
        seen();
      }
      next();
    };
    next();
    return () => {
      going = false;
    };
  }
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [options] */
export function context2d(canvas, options) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options));
}

/** A canvas as a JPEG file. @param {HTMLCanvasElement} canvas @param {number} [quality] @returns {Promise<Blob>} */
export function toJpeg(canvas, quality = 0.92) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no JPEG"))), "image/jpeg", quality);
  });
}

/** @template T @param {Promise<T>} promise @param {number} ms @returns {Promise<T>} */
function within(promise, ms) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), ms))]);
}
