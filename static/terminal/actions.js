/** What a person can do at the till, each as an action for the outbox: where it goes, its body, and its words. */

import { cardTail, changeInWords, money, signed, unseenCard } from "./format.js";
import { text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Action, Card, CardReward, Currency, Posting, Transaction } from "./types.js" */

const UNDONE_WHEN_WITHDRAWN = new Set(["stamp_earned", "stamp_redeemed", "points_earned", "points_redeemed"]);

/**
 * @param {InHand} inHand
 * @param {number} count
 * @returns {Action}
 */
export function stamp(inHand, count) {
  return {
    kind: "stamp",
    ...target(inHand, "stamps/"),
    body: count > 1 ? { count } : {},
    mayWait: true,
    summary: signed(count),
  };
}

/**
 * @param {InHand} inHand
 * @param {number} cents
 * @param {string} reference  of the receipt; empty for none
 * @param {Currency} currency
 * @returns {Action}
 */
export function earn(inHand, cents, reference, currency) {
  return {
    kind: "earn",
    ...target(inHand, "points/"),
    body: { purchase_amount_cents: cents, ...(reference && { order_reference: reference }) },
    mayWait: true,
    summary: money(cents, currency),
  };
}

/**
 * @param {Card} card
 * @param {string} reward  its name
 * @returns {Action}
 */
export function redeemStamps(card, reward) {
  return {
    kind: "redeem-stamps",
    path: `cards/${card.id}/stamps/redeem/`,
    body: {},
    mayWait: false,
    name: nameOf(card),
    summary: reward,
  };
}

/**
 * @param {Card} card
 * @param {CardReward} reward
 * @returns {Action}
 */
export function redeemReward(card, reward) {
  return {
    kind: "redeem-reward",
    path: `cards/${card.id}/points/redeem/`,
    body: { reward_id: reward.id },
    mayWait: false,
    name: nameOf(card),
    summary: reward.name,
  };
}

/**
 * Kept until it is answered: it takes back what the server has confirmed.
 *
 * @param {Transaction} transaction
 * @returns {Action}
 */
export function voidTransaction(transaction) {
  return {
    kind: "void",
    path: `transactions/${transaction.id}/void/`,
    body: { reason: text("void_reason") },
    mayWait: true,
    name: transaction.customer_name || cardTail(transaction.card_number),
    summary: text("void_of", { what: changeInWords(transaction) }),
  };
}

/**
 * Takes back what was withdrawn before anyone knew that it had arrived.
 *
 * @param {Posting} posting
 * @returns {Action | null}  null if there is nothing to take back
 */
export function undoWithdrawn({ transaction }) {
  return transaction && UNDONE_WHEN_WITHDRAWN.has(transaction.transaction_type)
    ? voidTransaction(transaction)
    : null;
}

/**
 * @param {Record<string, unknown>} body
 * @returns {Action}
 */
export function enrol(body) {
  return {
    kind: "enrol",
    path: "cards/",
    body,
    mayWait: false,
    name: String(body.name),
    summary: text("new_customer"),
  };
}

/** @param {Card} card */
function nameOf(card) {
  return card.customer.name || cardTail(card.card_number);
}

/**
 * @param {InHand} inHand
 * @param {string} path  after the card's address
 */
function target({ card, code }, path) {
  if (card) return { path: `cards/${card.id}/${path}`, name: nameOf(card) };
  return { path: "", code, name: unseenCard(code) };
}
