/** A manager lets go what is owed on a card, and says why. */

import { owedInWords } from "./card-notes.js";
import { byId } from "./dom.js";
import { nameOf } from "./format.js";
import { openSheet } from "./sheet.js";
import { text } from "./texts.js";

/** @import { Card, Facts } from "./types.js" */

/**
 * @param {Card} card
 * @param {Facts} facts
 * @param {AbortSignal} signal  the sheet closes with it
 * @returns {Promise<string | null>}  the reason, null if nothing is let go
 */
export async function askWhyToForgive(card, facts, signal) {
  const reason = byId("forgive-reason", HTMLInputElement);
  byId("forgive-whose", HTMLElement).textContent = nameOf(card);
  byId("forgive-owed", HTMLElement).textContent = owedInWords(card, facts.store.timezone);
  reason.value = text("let_go_reason");
  const chosen = await openSheet(byId("forgive-sheet", HTMLDialogElement), signal);
  return chosen && (reason.value.trim() || text("let_go_reason"));
}
