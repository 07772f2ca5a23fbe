/**
 * The reviewer's desk: who is signed in, which room is open. Rooms follow the address (`#/queue/vrf_…`,
 * `#/batches`, `#/statistics`), so that back, forward and links do what a browser does.
 */

import { ApiError, apiEvents, resume, signOut } from "../api.js";
import { followLanguage, languageEvents, loadWords, t } from "../i18n.js";
import "../preferences.js";
import { keepRelease } from "../release.js";
import { batchesRoom } from "./batches.js";
import { deskRoom } from "./desk.js";
import { h } from "../dom.js";
import { button, faultNote } from "./dom.js";
import { faultText } from "./asking.js";
import { formatTimes } from "./format.js";
import { showHelp } from "./help.js";
import { bindKeys } from "./shortcuts.js";
import { signInRoom } from "./sign-in.js";
import { statisticsRoom } from "./statistics.js";

/** @typedef {{node: HTMLElement, show?: (rest: string) => void, leave?: () => void}} Room */

/** @type {Record<string, (rest: string) => Room>} */
const ROOMS = { queue: deskRoom, batches: batchesRoom, statistics: statisticsRoom };

const content = /** @type {HTMLElement} */ (document.getElementById("content"));
const nav = /** @type {HTMLElement} */ (document.getElementById("rooms"));
const who = /** @type {HTMLElement} */ (document.getElementById("who"));

/** @type {{name: string, room: Room} | null} */
let open = null;

/** Where there is room, the menu lies open. @param {MediaQueryList} roomy */
function layOutMenu(roomy) {
  const menu = /** @type {HTMLDetailsElement} */ (document.getElementById("menu"));
  const fit = () => (menu.open = roomy.matches);
  roomy.addEventListener("change", fit);
  fit();
}

async function start() {
  layOutMenu(matchMedia("(min-width: 64rem)"));
  await loadWords("common", "console");
  followLanguage(document.documentElement);
  languageEvents.addEventListener("languagechange", () => formatTimes(document));
  document.title = t("console.title");
  languageEvents.addEventListener("languagechange", () => (document.title = t("console.title")));
  apiEvents.addEventListener("signedout", askForKey);
  addEventListener("hashchange", follow);
  bindKeys({ "?": showHelp });
  keepRelease();
  try {
    const session = await resume();
    if (session === null || session.role === "client") askForKey();
    else welcome(session);
  } catch (error) {
    content.replaceChildren(faultNote(faultText(error)));
  }
}

function askForKey() {
  leave();
  nav.hidden = who.hidden = true;
  content.replaceChildren(signInRoom(welcome));
  /** @type {HTMLElement | null} */ (content.querySelector("input"))?.focus();
}

/** @param {import("../api.js").Session} session */
function welcome(session) {
  nav.replaceChildren(...Object.keys(ROOMS).map((name) => h("a", { class: "button quiet", href: `#/${name}`, t: `console.room.${name}` })));
  who.replaceChildren(
    h("span", { class: "small muted who" }, session.name),
    button("console.help", showHelp, { class: "quiet" }),
    button("console.sign_out", leaveDesk, { class: "quiet" }),
  );
  nav.hidden = who.hidden = false;
  follow();
}

async function leaveDesk() {
  try {
    await signOut();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  askForKey();
}

function leave() {
  open?.room.leave?.();
  open = null;
}

/** Open the room of the address, or show the open one another of its things. */
function follow() {
  if (nav.hidden) return;
  const [, name = "", rest = ""] = /^#\/(\w+)\/?(.*)$/u.exec(location.hash) ?? [];
  const wanted = Object.hasOwn(ROOMS, name) ? name : "queue";
  for (const link of nav.children) link.toggleAttribute("aria-current", false);
  nav.querySelector(`[href="#/${wanted}"]`)?.setAttribute("aria-current", "page");
  if (open?.name !== wanted || !open.room.show) {
    leave();
    open = { name: wanted, room: ROOMS[wanted](rest) };
    content.replaceChildren(open.room.node);
  }
  open.room.show?.(rest);
}

start();
