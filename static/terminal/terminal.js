/** Opens the terminal: facts, texts and staff are on the page already; here the buttons get their meaning. */

import { byId, isTyping, jsonBlock } from "./dom.js";
import { listenForStrips } from "./strips.js";
import { keepShell, loadFacts } from "./shell.js";
import { Till } from "./till.js";
import { listenToScanner } from "./wedge.js";

/** @import { Addresses } from "./types.js" */

/** @type {Addresses} */
const addresses = jsonBlock("terminal-addresses");

if (!document.documentElement.dataset.lacks) await begin();

async function begin() {
  listenForStrips();
  listenToLanguage();
  document.getElementById("try-again")?.addEventListener("click", () => location.reload());
  const { facts, isShell } = await loadFacts();
  if (facts) open(facts, isShell);
  else addEventListener("online", () => location.reload());
  if (!isShell) keepShell(addresses.service_worker);
}

/**
 * @param {import("./types.js").Facts} known
 * @param {boolean} isShell
 */
function open(known, isShell) {
  const till = new Till(known, addresses, isShell);
  const tear = listenToScanner((code) => till.onScan(code));
  till.screens.addEventListener("change", (event) => {
    const { from, to } = /** @type {CustomEvent} */ (event).detail;
    if (from === "lock" || to === "lock") tear();
  });
  listenToButtons(till);
  listenToForms();
  listenToKeys(till);
  listenToVisibility(till);
  till.start();
  document.documentElement.dataset.ready = "true";
}

/** @param {Till} till */
function listenToButtons(till) {
  /** @type {(id: string, work: () => unknown) => void} */
  const onClick = (id, work) => listenToButton(id, () => till.screens.isLocked || work());
  onClick("lock-button", () => till.guard.lock());
  onClick("stamp-button", () => till.take(till.checkout.stamp(till.inHand, till.cardView.quantity)));
  onClick("earn-button", () => till.buy());
  onClick("redeem-button", () => till.inHand.card && till.take(till.checkout.redeem(till.inHand.card)));
  onClick("void-button", () => till.take(till.checkout.voidLast(till.inHand)));
  onClick("forgive-button", () => till.inHand.card && till.take(till.checkout.forgive(till.inHand.card)));
  onClick("return-button", () => till.toReturn());
  onClick("card-return-button", () => till.toReturn());
  onClick("return-back", () => till.back());
  onClick("done-button", () => till.back());
  onClick("amount-back", () => till.back());
  onClick("enrol-back", () => till.back());
  onClick("enrol-button", () => till.toEnrol(till.scanScreen.query.value.trim()));
  onClick("new-card-button", () => till.take(till.checkout.enrol({ nameless: true })));
  onClick("recent-button", () => openSide());
  onClick("full-screen", () => till.counter.fillScreen());
  onClick("check-button", () => till.toCheck());
  onClick("side-close", () => till.back());
}

/**
 * What cannot be done now says why, and does nothing.
 *
 * @param {string} id
 * @param {() => unknown} work
 */
function listenToButton(id, work) {
  const button = byId(id, HTMLButtonElement);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") work();
  });
}

/** No form leaves the page, even before the part that reads it has come: the browser would ask for the page anew. */
function listenToForms() {
  addEventListener("submit", (event) => {
    if (/** @type {HTMLFormElement} */ (event.target).method !== "dialog") event.preventDefault();
  });
}

/** On a phone the recent transactions are a screen of their own. */
function openSide() {
  document.body.dataset.side = "open";
  byId("recent-title", HTMLElement).focus();
}

/**
 * A key that is held down presses once: what comes next, comes for another press. Escape goes a step back; digits on a
 * card are the amount of a purchase; letters typed on the scan screen go into its field.
 *
 * @param {Till} till
 */
function listenToKeys(till) {
  addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter") event.preventDefault();
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") till.back();
    if (/^[1-9]$/.test(event.key) && till.screens.current === "card") till.toAmount(Number(event.key));
    const isLetter =
      event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isLetter && till.screens.current === "scan" && !isTyping(event)) till.scanScreen.query.focus();
  });
}

/**
 * The camera rests while nobody looks.
 *
 * @param {Till} till
 */
function listenToVisibility(till) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) till.scanScreen.stopCamera();
    else if (till.screens.current === "scan") till.scanScreen.startCamera();
  });
}

function listenToLanguage() {
  const select = byId("language", HTMLSelectElement);
  select.addEventListener("change", () => location.replace(`${location.pathname}?lang=${select.value}`));
}
