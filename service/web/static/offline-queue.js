/**
 * Captures that could not be sent, kept in this browser until the connection is back.
 *
 * Off unless the server's setting allows it and the person switched it on here. Each capture is sealed with
 * AES-256-GCM under a key that WebCrypto never gives out (`extractable: false`); the key is deleted with the
 * last capture, so that what a disk may still hold can be read by nobody. Nothing waits longer than 24 hours.
 *
 * @typedef {{id: number, at: number, once: string, iv: Uint8Array, sealed: ArrayBuffer}} Kept
 * @typedef {(form: FormData, once: string) => Promise<unknown>} Send `once` is the Idempotency-Key: a capture
 *   whose answer was lost is not judged twice.
 */

import { ApiError } from "./api.js";
import { pack, unpack } from "./offline-pack.js";

const NAME = "honmono-offline";
const CHOSEN = "honmono.offline";
const LASTS_MS = 24 * 60 * 60 * 1000;
const CLOCK_SLACK_MS = 5 * 60 * 1000;
const MOST = 20;
const LATER = Object.freeze([0, 401, 403, 408, 409, 425, 429]);

/** Dispatches `change` when something came, went, or the switch was moved. */
export const queueEvents = new EventTarget();

/** Whether the server's setting and this browser let a person switch it on. */
export function allowed() {
  const setting = document.querySelector('meta[name="honmono-offline-queue"]')?.getAttribute("content");
  return setting === "allowed" && "indexedDB" in globalThis && globalThis.crypto?.subtle !== undefined;
}

/** Whether captures may wait here. */
export function enabled() {
  return allowed() && recall() === "on";
}

/** Switch it on, or off, which erases what waits. @param {boolean} on */
export async function setEnabled(on) {
  if (on && !allowed()) throw new Error("the server does not allow it");
  store(on);
  if (!on) await wipe();
  told();
}

/** No more captures can wait. */
export class QueueFull extends Error {}

/**
 * Keep a capture. Throws QueueFull, and Error where it is not enabled.
 *
 * @param {FormData} form
 * @param {string} [once] the Idempotency-Key under which it was tried before
 */
export async function enqueue(form, once = crypto.randomUUID()) {
  if (!enabled()) throw new Error("the offline queue is off");
  const plain = await pack(form);
  const database = await open();
  try {
    await expire(database);
    if ((await count(database)) >= MOST) throw new QueueFull();
    const key = await sealingKey(database);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const kept = { at: Date.now(), once, iv };
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(kept) }, key, plain);
    await request(database, "items", "readwrite", (items) => items.add({ ...kept, sealed }));
  } finally {
    database.close();
  }
  told();
}

/**
 * Send what waits, oldest first. One that the service refuses for good is dropped and counted; one that it could
 * not take now stays, and ends the round. Only one page of this browser sends at a time.
 *
 * @param {Send} send
 * @returns {Promise<{sent: number, refused: number, waiting: number}>}
 */
export async function flush(send) {
  const nothing = async () => ({ sent: 0, refused: 0, waiting: await size() });
  if (!enabled()) return nothing();
  if (!navigator.locks) return flushAll(send);
  return navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? flushAll(send) : nothing()));
}

/** How many captures wait; those that are too old are erased first. */
export async function size() {
  if (!allowed()) return 0;
  const database = await open();
  try {
    await expire(database);
    return await count(database);
  } finally {
    database.close();
  }
}

/** Erase every capture that waits, and the key. */
export async function wipe() {
  const database = await open();
  try {
    await request(database, "items", "readwrite", (items) => items.clear());
    await forgetKey(database);
  } finally {
    database.close();
  }
  told();
}

/**
 * Send what waits now, and whenever the connection comes back. Returns a function that ends it.
 *
 * @param {Send} send
 */
export function flushWhenOnline(send) {
  const go = () => void flush(send).catch(() => told());
  addEventListener("online", go);
  go();
  return () => removeEventListener("online", go);
}

/** @param {Send} send */
async function flushAll(send) {
  const done = { sent: 0, refused: 0, waiting: 0 };
  const database = await open();
  try {
    await expire(database);
    const key = await storedKey(database);
    for (const kept of await request(database, "items", "readonly", (items) => items.getAll())) {
      const outcome = key ? await deliver(kept, key, send) : "refused";
      if (outcome === "waiting") break;
      done[outcome] += 1;
      await request(database, "items", "readwrite", (items) => items.delete(kept.id));
      told();
    }
    done.waiting = await count(database);
    if (done.waiting === 0) await forgetKey(database);
  } finally {
    database.close();
  }
  told();
  return done;
}

/** @param {Kept} kept @param {CryptoKey} key @param {Send} send @returns {Promise<"sent" | "refused" | "waiting">} */
async function deliver(kept, key, send) {
  /** @type {FormData} */
  let form;
  try {
    form = unpack(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv, additionalData: bound(kept) }, key, kept.sealed));
  } catch {
    return "refused"; // changed on the disk: it cannot be sent, now or later
  }
  try {
    await send(form, kept.once);
    return "sent";
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    return isRefusal(status) ? "refused" : "waiting";
  }
}

/** Whether an answer says that sending again is of no use. @param {number} status */
export function isRefusal(status) {
  return !LATER.includes(status) && status < 500;
}

/** What the seal is bound to: time and name, so that neither can be changed. @param {{at: number, once: string}} kept */
function bound({ at, once }) {
  return new TextEncoder().encode(`${at}/${once}`);
}

/** Erase what is too old, or younger than now, as after a clock was moved. @param {IDBDatabase} database */
async function expire(database) {
  const now = Date.now();
  /** @type {Kept[]} */
  const all = await request(database, "items", "readonly", (items) => items.getAll());
  const over = all.filter(({ at }) => at < now - LASTS_MS || at > now + CLOCK_SLACK_MS);
  for (const { id } of over) await request(database, "items", "readwrite", (items) => items.delete(id));
  if (over.length && over.length === all.length) await forgetKey(database);
}

/** @param {IDBDatabase} database @returns {Promise<number>} */
function count(database) {
  return request(database, "items", "readonly", (items) => items.count());
}

/** @param {IDBDatabase} database @returns {Promise<CryptoKey | undefined>} */
function storedKey(database) {
  return request(database, "keys", "readonly", (keys) => keys.get("seal"));
}

/** The key, made when the first capture comes; of two pages that make one, the first counts. @param {IDBDatabase} database */
async function sealingKey(database) {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return new Promise((resolve, reject) => {
    const keys = database.transaction("keys", "readwrite").objectStore("keys");
    const asked = keys.get("seal");
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      if (asked.result) return resolve(asked.result);
      const put = keys.put(made, "seal");
      put.onerror = () => reject(put.error);
      put.onsuccess = () => resolve(made);
    };
  });
}

/** @param {IDBDatabase} database */
function forgetKey(database) {
  return request(database, "keys", "readwrite", (keys) => keys.clear());
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("items", { keyPath: "id", autoIncrement: true });
      asked.result.createObjectStore("keys");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * @param {IDBDatabase} database @param {string} name @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
function request(database, name, mode, ask) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode);
    const asked = ask(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

function told() {
  queueEvents.dispatchEvent(new Event("change"));
}

function recall() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null; // without storage nothing can wait either
  }
}

/** @param {boolean} on */
function store(on) {
  if (on) localStorage.setItem(CHOSEN, "on");
  else localStorage.removeItem(CHOSEN);
}
