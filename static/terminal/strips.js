/** Strips below the header: what the whole till has to be told, until it is mended. */

import * as database from "./database.js";
import { byId } from "./dom.js";

/** @typedef {"unkept" | "newer"} Strip */

/** Say what is already the case, and what becomes so. */
export function listenForStrips() {
  for (const button of document.querySelectorAll(".strip button")) {
    button.addEventListener("click", () => location.reload());
  }
  database.storage.addEventListener("lost", () => showStrip("unkept"));
  if (!database.isKept()) showStrip("unkept");
}

/** @param {Strip} name */
export function isShown(name) {
  return !byId(`strip-${name}`, HTMLElement).hidden;
}

/** @param {Strip} name */
export function showStrip(name) {
  byId(`strip-${name}`, HTMLElement).hidden = false;
}
