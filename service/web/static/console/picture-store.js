/**
 * Pictures of one case in memory: fetched once each, from the service's kept files, or opened from this device,
 * which sends nothing anywhere. All of them are let go when the case is left.
 */

import { faultText, picture } from "./asking.js";

/** @param {string} id */
export function pictureStore(id) {
  const stop = new AbortController();
  /** @type {Map<string, Promise<ImageBitmap | null>>} */
  const fetched = new Map();
  /** @type {Map<string, ImageBitmap>} */
  const opened = new Map();

  /** @param {string} kind */
  async function load(kind) {
    const blob = await picture(id, kind, stop.signal);
    return blob === null ? null : createImageBitmap(blob);
  }

  return {
    faultText,
    get left() {
      return stop.signal.aborted;
    },
    /** A kept picture, null where the files do not hold it. @param {string} kind */
    get(kind) {
      const asked = fetched.get(kind) ?? load(kind);
      fetched.set(kind, asked);
      asked.catch(() => fetched.delete(kind));
      return asked;
    },
    /** Open a file of this device; throws where it is no picture that this browser reads. @param {string} place @param {File | null} file */
    async open(place, file) {
      opened.get(place)?.close();
      opened.delete(place);
      if (file) opened.set(place, await createImageBitmap(file));
    },
    /** @param {string} place */
    file(place) {
      return opened.get(place) ?? null;
    },
    leave() {
      stop.abort();
      for (const one of opened.values()) one.close();
      for (const one of fetched.values()) one.then((bitmap) => bitmap?.close()).catch(() => null);
    },
  };
}
