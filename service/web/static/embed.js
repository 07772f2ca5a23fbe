/**
 * A capture in a frame: `/embed#token=…&parent=https%3A%2F%2Fhr.example.jp&lang=ja`. What stands behind the # never
 * reaches a server. The element's events go to the page around the frame, and to no other origin.
 */

import "./capture/card-capture.js";

const given = new URLSearchParams(location.hash.slice(1));
const capture = document.createElement("card-capture");
const parentOrigin = given.get("parent");

for (const name of ["token", "lang", "steps"]) {
  const value = given.get(name);
  if (value) capture.setAttribute(name, value);
}
history.replaceState(null, "", location.pathname); // the token is in nobody's history
for (const name of ["capture-progress", "capture-done", "capture-error"]) {
  capture.addEventListener(name, (event) => {
    if (parentOrigin && parent !== window) parent.postMessage({ type: name, detail: /** @type {CustomEvent} */ (event).detail }, parentOrigin);
  });
}
document.getElementById("content")?.append(capture);
