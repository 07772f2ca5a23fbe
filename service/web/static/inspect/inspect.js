/**
 * The inspector's page: sign in, capture, result. A result that was kept can be opened again by its number
 * (`/#vrf_…`); pictures live in this page's memory alone.
 */

import "../capture/card-capture.js";
import "../preferences.js";
import "../result/verification-result.js";
import { api, ApiError, apiEvents, resume, session, signOut } from "../api.js";
import { h } from "../dom.js";
import { followLanguage, loadWords, t, translate } from "../i18n.js";
import { keepRelease } from "../release.js";
import { signInForm } from "./sign-in.js";

const RECORD = /^#(vrf_[0-9A-HJKMNP-TV-Z]{26})$/u;
const content = /** @type {HTMLElement} */ (document.getElementById("content"));
const who = /** @type {HTMLElement} */ (document.getElementById("who"));
const desk = /** @type {HTMLElement} */ (document.getElementById("desk"));

/** Captures that wait for a connection: only where the operator allows it. */
const offline = document.querySelector('meta[name="honmono-offline-queue"]') ? import("./waiting.js") : null;

/** The capture of the card in hand, kept with its pictures while its result is looked at. @type {any} */
let capture = null;

async function start() {
  await loadWords("common", "inspect", "capture", "result");
  followLanguage(document.documentElement);
  apiEvents.addEventListener("signedout", askForKey);
  addEventListener("hashchange", open);
  closeMenuOutside();
  keepRelease();
  try {
    if (await resume()) welcome();
    else askForKey();
  } catch {
    show("fault", h("p", { class: "note", "data-tone": "warn", role: "alert", t: "common.unreachable" }),
      h("button", { type: "button", class: "primary wide", onclick: () => location.reload() }, h("span", { t: "inspect.reload" })));
  }
}

/** The menu closes when something else is touched, or by Escape. */
function closeMenuOutside() {
  const menu = /** @type {HTMLDetailsElement} */ (document.getElementById("menu"));
  document.addEventListener("click", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

/** @param {string} phase @param {...HTMLElement} nodes */
function show(phase, ...nodes) {
  content.dataset.phase = phase;
  content.replaceChildren(...nodes);
  translate(content);
  scrollTo(0, 0);
}

function askForKey() {
  capture = null;
  who.hidden = desk.hidden = true;
  show("sign-in", signInForm(welcome));
}

function welcome() {
  const signed = /** @type {import("../api.js").Session} */ (session());
  who.replaceChildren(h("span", { class: "small" }, signed.name),
    h("button", { type: "button", class: "quiet", onclick: leave }, h("span", { t: "inspect.sign_out" })));
  who.hidden = false;
  desk.hidden = signed.role === "client";
  translate(who);
  offline?.then((part) => part.sendWaiting(content));
  open();
}

async function leave() {
  await signOut().catch((error) => {
    if (!(error instanceof ApiError)) throw error;
  });
  askForKey();
}

/** What the address asks for: a record, or the next card. */
async function open() {
  const id = RECORD.exec(location.hash)?.[1];
  if (!session()) return;
  if (!id) return begin();
  if (content.querySelector(`[data-record="${id}"]`)) return;
  try {
    result(await api(`/v1/verifications/${id}?detail=${detail()}`), new Map());
  } catch (error) {
    if (session()) show("fault", h("p", { class: "note", "data-tone": "warn", role: "alert" }, gone(error)), again());
  }
}

/** @param {unknown} error */
const gone = (error) => (error instanceof ApiError && error.status === 404 ? t("inspect.gone") : t("common.unreachable"));
const again = () => h("button", { type: "button", class: "primary wide", onclick: next }, h("span", { t: "result.again" }));
const detail = () => (session()?.role === "client" ? "standard" : "full");

/** A new card. */
function begin() {
  capture = document.createElement("card-capture");
  const reference = h("input", { id: "reference", maxlength: 200, autocomplete: "off", oninput: ask });
  function ask() {
    const given = reference.value.trim();
    capture.request = { detail: detail(), ...(given ? { client_reference: given } : {}) };
  }
  ask();
  capture.addEventListener("capture-done", (/** @type {CustomEvent} */ event) => result(event.detail.answer, event.detail.taken));
  capture.addEventListener("capture-error", async (/** @type {CustomEvent} */ event) => {
    if (await (await offline)?.keptForLater(event.target, event.detail)) begin();
  });
  show("capture", heading(), capture, h("div", { class: "reference" }, h("label", { for: "reference", t: "inspect.reference" }), reference));
}

const heading = () => h("h1", { class: "visually-hidden", t: "common.name" });

function next() {
  if (location.hash) location.hash = "";
  else begin();
}

/** @param {any} report @param {Map<string, any>} taken */
function result(report, taken) {
  const shown = /** @type {any} */ (document.createElement("verification-result"));
  shown.dataset.record = report.id;
  shown.addEventListener("result-act", (/** @type {CustomEvent} */ event) => act(event.detail, report));
  shown.addEventListener("chip-ready", (/** @type {CustomEvent} */ event) => withChip(event.detail));
  show("result", shown);
  shown.show(report, taken);
  history.replaceState(null, "", `#${report.id}`);
}

/** Do what comes next, with the pictures that are there already. @param {string} action @param {any} report */
function act(action, report) {
  if (action === "again" || capture === null) return next();
  const steps = stepsFor(action, report);
  show("capture", heading(), capture);
  capture.retake(steps);
  return undefined;
}

/** @param {string} action @param {any} report @returns {string[]} */
function stepsFor(action, report) {
  if (action === "tilt_card") return ["tilt_vertical", "tilt_horizontal"];
  if (action === "add_side") return capture.taken.has("front") ? ["back"] : ["front"];
  const bad = ["front", "back"].filter((side) => report.checks.some((/** @type {any} */ check) =>
    check.id === `capture.${side}` && !["pass", "not_run", "not_applicable"].includes(check.result)));
  return bad.length > 0 ? bad : ["front"];
}

/** The same pictures once more, with what the chip says. @param {string} chipSession */
function withChip(chipSession) {
  capture ??= document.createElement("card-capture");
  capture.request = { ...capture.request, detail: detail(), chip_session: chipSession };
  capture.addEventListener("capture-done", (/** @type {CustomEvent} */ event) => result(event.detail.answer, event.detail.taken), { once: true });
  show("capture", heading(), capture);
  capture.renew();
  capture.submit();
}

start();
