/**
 * The keys of a PIN or an amount: on the screen, and the same ones on a keyboard while their screen is on and nothing
 * lies on top of it.
 */

import { isTyping } from "./dom.js";

const KEYBOARD = { Backspace: "delete", Delete: "delete", Enter: "enter" };

/**
 * @param {HTMLElement} keys  holds the buttons, each with its data-key
 * @param {() => boolean} isOn  whether the keyboard is this keypad's just now
 * @param {(key: string) => void} onKey  gets "0" to "9", "00", "delete" or "enter"
 */
export function listenToKeypad(keys, isOn, onKey) {
  keys.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.key) onKey(button.dataset.key);
  });
  addEventListener("keydown", (event) => {
    if (!isOn() || isCovered() || isTyping(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = /^[0-9]$/.test(event.key) ? event.key : KEYBOARD[/** @type {"Enter"} */ (event.key)];
    if (!key || (key === "enter" && isPressable(event.target))) return;
    event.preventDefault();
    onKey(key);
  });
}

/** A result or a sheet has the keyboard for itself: what it covers is finished, and must not be done once more. */
function isCovered() {
  return document.querySelector("dialog[open]") !== null;
}

/**
 * Enter on a button or link presses that one.
 *
 * @param {EventTarget | null} target
 */
function isPressable(target) {
  return target instanceof Element && target.matches("button, a, summary");
}
