"use strict";
// Before anything is drawn: the theme that was chosen on this device, so that nothing flashes.
try {
  const chosen = localStorage.getItem("honmono.theme");
  if (["light", "dark", "sun"].includes(chosen)) document.documentElement.dataset.theme = chosen;
} catch {
  // storage may be forbidden: then the page follows the device
}
