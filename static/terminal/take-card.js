/** A card that was made a moment ago, for its holder to take along: its QR code fills the screen. */

import { byId } from "./dom.js";
import { openSheet, REPLACED } from "./sheet.js";

/** @import { Card } from "./types.js" */

const PICTURE = "take-along.svg";

/**
 * Where the picture of the way to a card is, on the site as this device knows it.
 *
 * @param {string} cardUrl
 */
export function addressToTake(cardUrl) {
  return new URL(PICTURE, new URL(new URL(cardUrl).pathname, location.href)).href;
}

/**
 * Show the way to a new card until somebody goes on. Behind the lock it is gone.
 *
 * @param {Card} card
 * @param {string} address  of the picture
 * @param {AbortSignal} signal  of the person who made it
 * @returns {Promise<"open" | "next" | "replaced">}  replaced: the next card has been scanned meanwhile
 */
export async function showToTake(card, address, signal) {
  const picture = byId("take-card-picture", HTMLImageElement);
  picture.src = address;
  byId("take-card-number", HTMLElement).textContent = card.card_number;
  const sheet = byId("take-card", HTMLDialogElement);
  sheet.returnValue = "";
  const chosen = await openSheet(sheet, signal);
  picture.removeAttribute("src");
  if (sheet.returnValue === REPLACED) return REPLACED;
  return chosen === "open" ? "open" : "next";
}
