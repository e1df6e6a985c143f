/** What has to be said of a card in hand: that it is off, what is owed, a birthday, an address, an expiry. */

import { date, isBirthday } from "./format.js";
import { now } from "./api.js";
import { plural, text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Card, Facts } from "./types.js" */

const EXPIRY_NEAR_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * @param {InHand} inHand
 * @param {Facts} facts
 * @returns {[icon: string, words: string][]}
 */
export function notesOf({ card, noted }, { store: { timezone } }) {
  /** @type {[string, string][]} */
  const notes = [];
  if (!card) {
    notes.push(["cloud-off", text("card_not_loaded_why")]);
    if (noted) notes.push(["clock", plural("stamps_noted", noted)]);
    return notes;
  }
  if (!card.is_active) notes.push(["alert", text("card_inactive_why")]);
  if (owes(card)) notes.push(["info", owedInWords(card, timezone)]);
  if (isBirthday(card.customer.birth_date, timezone)) notes.push(["gift", text("birthday")]);
  if (card.customer.email_problem) notes.push(["mail", text("email_problem")]);
  for (const promotion of card.promotions) notes.push(["gift", promotion]);
  const expiry = card.points_expire_at;
  if (expiry && card.points_balance && Date.parse(expiry) - now() < EXPIRY_NEAR_MS) {
    notes.push(["clock", text("points_expire", { date: date(expiry, timezone) })]);
  }
  return notes;
}

/**
 * Whether more was taken back of a card than there was.
 *
 * @param {Card | null} card
 */
export function owes(card) {
  return card !== null && card.points_owed + card.stamps_owed > 0;
}

/**
 * "200 points are owed: receipt R-1, 12.5."
 *
 * @param {Card} card
 * @param {string} timezone
 */
export function owedInWords(card, timezone) {
  const parts = [];
  if (card.stamps_owed) parts.push(plural("owed_stamps", card.stamps_owed));
  if (card.points_owed) parts.push(plural("owed_points", card.points_owed));
  const what = parts.join(", ");
  const origin = card.owed_from;
  if (!origin) return what;
  const day = date(origin.returned_at, timezone);
  if (!origin.order_reference) return text("owed_from_return", { what, date: day });
  return text("owed_from_receipt", { what, receipt: origin.order_reference, date: day });
}
