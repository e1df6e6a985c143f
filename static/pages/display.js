/**
 * The screen that is turned to the customer: the shop's welcome, until its till says something of whoever stands there.
 *
 * A window of the till hears from it in the same browser; a device that is paired with it asks the server. After a
 * minute, and whenever it is not known any more what the till shows, nobody is on it.
 */

import { byId, element, icon, jsonBlock } from "../terminal/dom.js";
import { number, plural, text } from "../terminal/texts.js";

/** @import { Moment } from "../terminal/types.js" */

const SHOWN_MS = 60_000;
const ASK_EVERY_MS = 1_000;
const TIMEOUT_MS = 4_000;
const MOST_FAILURES = 3;
const PICTURE = /^\/card\/[A-Z]+\/take-along\.svg$/;

/** @type {{store_code: string, is_paired: boolean, icon: string, columns: number}} */
const screen = jsonBlock("display-screen");
const place = byId("moment", HTMLElement);
const picture = byId("moment-picture", HTMLImageElement);
let shownKey = "";
let end = 0;
let failures = 0;

if (screen.is_paired) ask();
else listen();
stayAwake();
document.addEventListener("visibilitychange", stayAwake);
document.documentElement.dataset.ready = "true";

/** The till in the same browser says what it shows; asked for when this window opens. */
function listen() {
  const channel = new BroadcastChannel(`display:${screen.store_code}`);
  channel.addEventListener("message", ({ data }) => data !== "hello" && show(data));
  channel.postMessage("hello");
}

/** A server that has another page for us than this one has ended the pairing: nobody is on, at once. */
async function ask() {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch("shown.json", { signal, cache: "no-store", redirect: "manual" });
    if (!response.ok && response.status < 500) clear();
    if (!response.ok) throw new Error(String(response.status));
    show((await response.json()).moment);
    failures = 0;
  } catch {
    failures += 1;
    if (failures >= MOST_FAILURES) show(null);
  }
  setTimeout(ask, ASK_EVERY_MS * Math.min(10, 1 + failures));
}

/** @param {Moment | null} moment  what has been on for its minute does not come back */
function show(moment) {
  if (!moment) return clear();
  if (moment.key === shownKey) return;
  shownKey = moment.key;
  clearTimeout(end);
  end = setTimeout(clear, SHOWN_MS);
  const words = wordsOf(moment);
  write("moment-hello", moment.name ? text("hello", { name: moment.name }) : "");
  write("moment-title", words.title);
  write("moment-balance", words.balance);
  write("moment-note", words.note);
  byId("announcement", HTMLElement).textContent = [words.title, words.balance, words.note].join(". ");
  place.toggleAttribute("data-full", Boolean(moment.full));
  drawStamps(moment);
  drawPicture(moment);
  turn(place);
}

function clear() {
  clearTimeout(end);
  for (const id of ["moment-hello", "moment-title", "moment-balance", "moment-note", "announcement"])
    byId(id, HTMLElement).textContent = "";
  byId("moment-stamps", HTMLElement).replaceChildren();
  picture.removeAttribute("src");
  turn(byId("welcome", HTMLElement));
}

/** @param {HTMLElement} section  the one that is on */
function turn(section) {
  for (const one of [byId("welcome", HTMLElement), place]) one.hidden = one !== section;
}

/**
 * What has happened, what is on the card, and what to do with it.
 *
 * @param {Moment} moment
 */
function wordsOf({ kind, stamps, target, landed, points, earned, reward, full, take }) {
  const gains = [
    landed ? plural("earned_stamps", landed) : "",
    earned ? plural("earned_points", earned) : "",
  ].filter(Boolean);
  const has = [
    stamps != null && target != null
      ? plural("stamps_of", target, { count: number(stamps), target: number(target) })
      : "",
    points != null ? plural("points", points) : "",
  ].filter(Boolean);
  const isThanks = kind === "reward" && Boolean(reward);
  const title = isThanks ? text("enjoy", { reward: reward ?? "" }) : gains.join("\u00a0· ");
  const hint = take ? text("take") : kind === "noted" ? text("noted") : "";
  const isFull = full && !isThanks && reward;
  return {
    title: title || text("your_card"),
    balance: has.join("\u00a0· "),
    note: isFull ? text("full", { reward }) : hint,
  };
}

/** @param {Moment} moment */
function drawStamps({ stamps, target, landed, take }) {
  const list = byId("moment-stamps", HTMLElement);
  list.hidden = stamps == null || target == null || Boolean(take);
  if (stamps == null || target == null) return;
  const count = Math.min(stamps, target);
  list.style.setProperty("--columns", String(screen.columns));
  list.replaceChildren(
    ...Array.from({ length: target }, (_, index) => {
      const isNew = index < count && index >= stamps - (landed ?? 0);
      if (index < count) return element("li", { class: isNew ? "on new" : "on" }, icon(screen.icon));
      if (index === target - 1) return element("li", { class: "goal" }, icon("gift"));
      return element("li", { text: number(index + 1) });
    }),
  );
}

/** @param {Moment} moment */
function drawPicture({ take }) {
  const isPicture = Boolean(take && PICTURE.test(take));
  picture.hidden = !isPicture;
  picture.alt = isPicture ? text("take_picture") : "";
  if (isPicture) picture.src = take ?? "";
  else picture.removeAttribute("src");
}

async function stayAwake() {
  try {
    if (!document.hidden) await navigator.wakeLock?.request("screen");
  } catch {
    // a low battery refuses it
  }
}

/**
 * @param {string} id
 * @param {string} words
 */
function write(id, words) {
  const line = byId(id, HTMLElement);
  line.textContent = words;
  line.hidden = !words;
}
