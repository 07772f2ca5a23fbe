// The service puts `const RELEASE = {version, files: {path: sha256}}` in front of this file and serves it at
// /service-worker.js. It keeps the files of that release and nothing else: no picture, no report, no answer.

const PREFIX = "honmono-static-";
const CACHE = PREFIX + RELEASE.version;

self.addEventListener("install", (event) => event.waitUntil(keepRelease()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(takeOver(event.source));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "GET" && url.origin === location.origin && Object.hasOwn(RELEASE.files, url.pathname)) {
    event.respondWith(answer(request, url.pathname));
  }
});

/** Whole or not at all: a file that differs from its digest ends the installation, and the old release stays. */
async function keepRelease() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(Object.entries(RELEASE.files).map(([path, digest]) => keep(cache, path, digest)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function keep(cache, path, digest) {
  const got = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" });
  const content = await got.clone().arrayBuffer();
  if (!got.ok || (await sha256(content)) !== digest) throw new Error(`${path} is of another release`);
  await cache.put(path, got);
}

async function sha256(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function dropOthers() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

async function answer(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** A page asks for the new release. With other pages open, they would get modules of another release: not yet. */
async function takeOver(page) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.length <= 1) await self.skipWaiting();
  else page?.postMessage("other-pages-open");
}
