/**
 * `<card-capture>`: guided capture of a card, sent for verification.
 *
 * Attributes: `token` (single-use, of an embedding page), `endpoint` (origin of the service), `lang`, `steps`.
 * Events: `capture-progress`, `capture-done`, `capture-error`. See docs/embedding.md.
 */

import { api, useService, useToken } from "../api.js";
import { followLanguage, language, languageEvents, LANGUAGES, loadWords, setLanguage, t } from "../i18n.js";
import { Camera, CameraError } from "./camera.js";
import { told } from "./faults.js";
import { fromFiles } from "./files.js";
import { guideBox } from "./measure.js";
import { body, send } from "./send.js";
import { Stage } from "./stage.js";
import { chosen, STEPS } from "./steps.js";
import { askForMotion, StillTaker, TiltTaker } from "./takers.js";
import * as views from "./views.js";

/** @typedef {import("./steps.js").StepName} StepName */
/** @typedef {import("./takers.js").Taken} Taken */

const FINDER_ASPECT = 4 / 3;
/** Where this module came from: the service, unless `endpoint` names another. */
const HOME = new URL(import.meta.url).origin;

export class CardCapture extends HTMLElement {
  /** Members of the request that this page may set: nothing where a token is used. @type {object} */
  request = {};
  /** What has been taken. @type {Map<StepName, Taken>} */
  taken = new Map();
  #stage = new Stage(this);
  #video = Object.assign(document.createElement("video"), { playsInline: true, muted: true });
  #camera = new Camera(this.#video);
  /** @type {import("./steps.js").Plan & {required: boolean} | null} */
  #plan = null;
  /** @type {StillTaker | TiltTaker | null} */
  #taker = null;
  /** @type {Float32Array | null} */
  #print = null;
  /** @type {AbortController | null} */
  #sending = null;
  #key = "";
  #fault = "";
  #ends = new AbortController();
  #unfollow = () => {};
  #paused = () => {};
  #retry = new AbortController();

  /** The milliseconds that measures of the latest frames took, for tests of speed. */
  get costs() {
    return this.#taker?.costs ?? [];
  }

  async connectedCallback() {
    this.#ends = new AbortController();
    if (this.#plan) return this.#resume();
    const wanted = /** @type {any} */ (this.getAttribute("lang"));
    this.#stage.furnish();
    this.#video.setAttribute("part", "video");
    this.#video.setAttribute("aria-hidden", "true");
    useService(this.getAttribute("endpoint") ?? (HOME === location.origin ? "" : HOME));
    if (this.hasAttribute("token")) useToken(this.getAttribute("token"));
    try {
      await loadWords("common", "capture");
      if (LANGUAGES.includes(wanted) && wanted !== language()) await setLanguage(wanted, { remember: false });
      this.#plan = chosen(await api("/v1/capture-plan"), this.getAttribute("steps"));
    } catch (error) {
      this.#failed(/** @type {Error} */ (error), () => this.connectedCallback());
      return;
    }
    if (!this.isConnected) return;
    this.#resume();
    this.#intro();
  }

  /** In the page (again): the same pictures, the words in force. */
  #resume() {
    this.#unfollow = followLanguage(this.#stage.root);
    const { signal } = this.#ends;
    languageEvents.addEventListener("languagechange", () => this.#stage.redraw(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#pause(), { signal });
  }

  disconnectedCallback() {
    this.#ends.abort();
    this.#retry.abort();
    this.#sending?.abort(new DOMException("gone", "AbortError"));
    this.#stop();
    this.#camera.close();
    this.#unfollow();
  }

  /** Show a phase under the list of steps. @param {string} phase @param {any[]} content @param {() => void} [redraw] @param {StepName | null} [step] */
  #show(phase, content, redraw, step = null) {
    this.#retry.abort();
    this.#retry = new AbortController();
    const steps = this.#plan ? this.#shown() : [];
    const list = steps.length > 1 ? [views.stepList(steps, step, (name) => this.taken.has(name))] : [];
    this.#stage.show(phase, [...list, ...content], redraw);
  }

  /** Steps of the way: those that are asked for, and what was taken besides. */
  #shown() {
    const plan = /** @type {NonNullable<CardCapture["#plan"]>} */ (this.#plan);
    return plan.steps.filter((name) => plan.required || !STEPS[name].optional || this.taken.has(name));
  }

  #intro() {
    const camera = Boolean(navigator.mediaDevices?.getUserMedia);
    const on = { start: () => this.#begin(true), file: () => this.#begin(false) };
    this.#show("intro", views.introView(on, camera), () => this.#intro());
  }

  /** @param {boolean} camera */
  async #begin(camera) {
    this.renew();
    if (camera) await this.#openCamera();
    else this.#fault = "";
    await this.#walk(this.#shown().filter((name) => !this.taken.has(name)));
  }

  async #openCamera() {
    try {
      await this.#camera.open();
      this.#fault = "";
    } catch (error) {
      this.#fault = error instanceof CameraError ? error.reason : "busy";
      this.#tell("capture-error", { reason: `camera-${this.#fault}`, fatal: false });
    }
  }

  /** Take steps one after the other, then show what there is. @param {StepName[]} steps */
  async #walk(steps) {
    for (const name of steps) {
      const taken = await this.#one(name);
      if (!this.isConnected) return;
      if (taken) this.taken.set(name, taken);
      this.#tell("capture-progress", { step: name, taken: Boolean(taken), done: this.taken.size, of: this.#shown().length });
    }
    this.#camera.close();
    this.#summary();
  }

  /** One step: taken, looked at where there is a doubt, or left out. @param {StepName} name @returns {Promise<Taken | null>} */
  async #one(name) {
    for (;;) {
      const taken = await this.#attempt(name);
      if (taken === "again") continue;
      if (taken === null || taken.doubt === null || (await this.#accepted(name, taken))) return taken;
    }
  }

  /** @param {StepName} name @returns {Promise<Taken | null | "again">} */
  #attempt(name) {
    return new Promise((resolve) => {
      const files = async (/** @type {File[]} */ list) => {
        this.#stop();
        resolve(await this.#fromFiles(list));
      };
      const skip = () => {
        this.#stop();
        resolve(null);
      };
      const again = async () => {
        await this.#openCamera();
        resolve("again");
      };
      if (this.#camera.stream) this.#live(name, { files, skip, done: resolve });
      else this.#show("step", views.fileView(name, this.#fault, { files, skip, again }), undefined, name);
    });
  }

  /** @param {File[]} list @returns {Promise<Taken | "again">} */
  async #fromFiles(list) {
    const plan = /** @type {NonNullable<CardCapture["#plan"]>} */ (this.#plan);
    if (list.every((file) => file.size <= plan.max_file_bytes)) return fromFiles(list);
    this.#fault = "large";
    return "again";
  }

  /** @param {StepName} name @param {{files: (files: File[]) => void, skip: () => void, done: (taken: Taken | null | "again") => void}} on */
  #live(name, on) {
    const step = STEPS[name];
    const shutter = async () => {
      if (this.#taker) return this.#taker.take();
      if (!step.film) return undefined;
      await askForMotion();
      return this.#film(name, on.done);
    };
    this.#paused = () => on.done("again");
    const controls = { shutter, files: on.files, skip: on.skip, pause: () => this.#pause(), torch: () => this.#torch() };
    this.#show("step", views.liveView(name, this.#video, guideBox(FINDER_ASPECT), controls), undefined, name);
    this.#video.play().catch(() => undefined); // it stops when it is moved in the page
    this.#stage.find(".torch").hidden = !this.#camera.hasTorch;
    if (step.film) this.#stage.say(`${name}_start`, true);
    else this.#still(name, on.done);
  }

  /** @param {StepName} name @param {(taken: Taken | null | "again") => void} done */
  async #still(name, done) {
    await this.#pictures();
    if (this.#stage.find(".finder").dataset.step !== name) return;
    const { card, dark } = STEPS[name];
    const unlike = name === "back" ? this.#print : null;
    const taker = new StillTaker(this.#camera, { card, dark, unlike, say: (hint) => this.#stage.say(hint) });
    this.#taker = taker;
    const taken = await taker.done;
    if (this.#taker !== taker) return;
    this.#taker = null;
    if (name === "front") this.#print = taker.print ?? null;
    done(taken ?? "again");
  }

  /** @param {StepName} name @param {(taken: Taken | null | "again") => void} done */
  async #film(name, done) {
    await this.#pictures();
    if (this.#taker) return; // somebody pressed twice
    const taker = new TiltTaker(this.#camera, {
      axis: /** @type {import("./tilt.js").Axis} */ (name),
      frames: this.#plan?.tilt_frames ?? 18,
      say: (hint) => this.#stage.say(hint),
      progress: (share) => this.#stage.fill(share),
    });
    this.#taker = taker;
    this.#stage.reword(".shutter", "capture.finish");
    const taken = await taker.done;
    if (this.#taker !== taker) return;
    this.#taker = null;
    done(taken ?? "again");
  }

  /** Until the camera gives pictures. */
  async #pictures() {
    while (this.#camera.stream && !this.#camera.ready) await new Promise((resolve) => setTimeout(resolve, 30));
  }

  async #torch() {
    const on = await this.#camera.torch(!this.#camera.torchOn);
    this.#stage.find(".torch").setAttribute("aria-pressed", String(on));
  }

  /** Give the camera back until somebody asks for it again. */
  #pause() {
    if (!this.#camera.stream) return;
    this.#stop();
    this.#camera.close();
    this.#fault = "";
    this.#paused();
  }

  #stop() {
    this.#taker?.stop();
    this.#taker = null;
  }

  /** @param {StepName} name @param {Taken} taken @returns {Promise<boolean>} */
  #accepted(name, taken) {
    return new Promise((resolve) => {
      this.#show("review", views.reviewView(name, taken, { use: () => resolve(true), retake: () => resolve(false) }), undefined, name);
    });
  }

  #summary() {
    const take = (/** @type {StepName} */ name) => this.retake([name]);
    const drop = (/** @type {StepName} */ name) => {
      this.taken.delete(name);
      this.renew();
      this.#summary();
    };
    const ready = this.taken.has("front") || this.taken.has("back");
    const steps = /** @type {NonNullable<CardCapture["#plan"]>} */ (this.#plan).steps;
    this.#show("summary", views.summaryView(steps, this.taken, { send: () => this.submit(), take, drop }, ready), () => this.#summary());
  }

  /** Take steps again, or for the first time, keeping all others. @param {StepName[]} steps */
  async retake(steps) {
    this.renew();
    if (this.#fault === "" && navigator.mediaDevices?.getUserMedia) await this.#openCamera();
    await this.#walk(steps);
  }

  /** What is sent from now on is another request, though the pictures are the same. */
  renew() {
    this.#key = crypto.randomUUID();
  }

  /** What would be sent, for a page that keeps it until the connection is back. */
  unsent() {
    return { form: body({ parts: this.#parts(), request: this.request }), key: this.#key };
  }

  #parts() {
    return new Map([...this.taken].map(([name, { files }]) => [String(name), files]));
  }

  /** Send what there is. A second try of the same pictures is the same request. */
  async submit() {
    const sending = new AbortController();
    this.#sending = sending;
    this.#show("sending", views.sendingView(() => sending.abort(new DOMException("cancelled", "AbortError"))));
    const bar = this.#stage.find("progress");
    const onProgress = (/** @type {number} */ share) => {
      bar.value = share;
      if (share === 1) this.#stage.find(".hint").textContent = t("capture.judging");
    };
    const parts = this.#parts();
    try {
      const answer = await send({ parts, request: this.request, key: this.#key, language: language(), onProgress, signal: sending.signal });
      this.#show("sent", views.sentView());
      this.#tell("capture-done", this.hasAttribute("token") ? { answer } : { answer, taken: this.taken });
    } catch (error) {
      if (sending.signal.aborted) return this.isConnected && this.#summary();
      this.#failed(/** @type {Error} */ (error), () => this.submit());
    }
    return undefined;
  }

  /** @param {Error} error @param {() => void} again */
  #failed(error, again) {
    const { reason, status, key, detail } = told(error);
    this.#tell("capture-error", { reason, status, fatal: this.#plan === null });
    const back = () => (this.#plan ? this.#summary() : again());
    this.#show("failed", views.failedView(key, detail, { again, back }));
    addEventListener("online", again, { once: true, signal: this.#retry.signal });
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("card-capture", CardCapture);
