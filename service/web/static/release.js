/**
 * Keeping the pages on this device, one whole release at a time. A new release waits until the person takes it,
 * or until every page of the old one is closed: no page ever gets modules of two releases.
 */

import { languageEvents, t } from "./i18n.js";

/** Register the service worker, and offer a new release when one has come. Without service workers: nothing. */
export async function keepRelease() {
  if (!("serviceWorker" in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration);
    registration.addEventListener("updatefound", () => watch(registration));
  } catch {
    // a browser that forbids it (no TLS, private window) works from the network alone
  }
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const coming = registration.installing;
  coming?.addEventListener("statechange", () => {
    if (coming.state === "installed" && navigator.serviceWorker.controller) offer(registration);
  });
}

/** @param {ServiceWorkerRegistration} registration */
function offer(registration) {
  if (document.getElementById("new-release")) return;
  const text = document.createElement("span");
  const take = document.createElement("button");
  const bar = document.createElement("aside");
  bar.id = "new-release";
  bar.className = "banner row";
  bar.append(text, take);
  const words = (said = "common.release.new") => {
    bar.setAttribute("aria-label", t("common.release"));
    text.textContent = t(said);
    take.textContent = t("common.release.take");
  };
  words();
  languageEvents.addEventListener("languagechange", () => words());
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "other-pages-open") words("common.release.others_open");
  });
  take.addEventListener("click", () => registration.waiting?.postMessage("take-over"));
  document.body.prepend(bar);
}
