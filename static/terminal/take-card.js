/** A card that was made a moment ago, for its holder to take along: its QR code fills the screen. */

import { byId } from "./dom.js";
import { openSheet } from "./sheet.js";

/** @import { Posting } from "./types.js" */

const PICTURE = "take-along.svg";

/**
 * Show the way to a new card until somebody goes on. Behind the lock it is gone.
 *
 * @param {Posting} posting
 * @param {AbortSignal} signal  of the person who made it
 * @returns {Promise<"open" | "next">}
 */
export async function showToTake({ card, card_url: address }, signal) {
  const picture = byId("take-card-picture", HTMLImageElement);
  picture.src = new URL(PICTURE, new URL(new URL(address ?? "").pathname, location.href)).href;
  byId("take-card-number", HTMLElement).textContent = card.card_number;
  const chosen = await openSheet(byId("take-card", HTMLDialogElement), signal);
  picture.removeAttribute("src");
  return chosen === "open" ? "open" : "next";
}
