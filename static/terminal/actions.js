/** What a person can do at the till, each as an action for the outbox: where it goes, its body, and its words. */

import { cardTail, changeInWords, money, nameOf, signed, unseenCard } from "./format.js";
import { text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Action, Card, CardReward, Currency, Posting, Purchase, Transaction } from "./types.js" */

const UNDONE_ONE_BY_ONE = new Set(["stamp_earned", "stamp_redeemed", "points_earned", "points_redeemed"]);
const UNDONE_TOGETHER = new Set(["points_returned", "stamps_returned"]);

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
 * Points, and a stamp where the program has those: one receipt, one call.
 *
 * @param {InHand} inHand
 * @param {number} cents
 * @param {string} reference  of the receipt; empty for none
 * @param {Currency} currency
 * @returns {Action}
 */
export function purchase(inHand, cents, reference, currency) {
  return {
    kind: "purchase",
    ...target(inHand, "purchases/"),
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
 * Something of a purchase is brought back.
 *
 * @param {Purchase} bought
 * @param {number} cents
 * @param {string} reason
 * @param {Currency} currency
 * @returns {Action}
 */
export function giveBack(bought, cents, reason, currency) {
  return {
    kind: "return",
    path: `purchases/${bought.id}/return/`,
    body: { amount_cents: cents, reason },
    mayWait: false,
    name: bought.customer_name || cardTail(bought.card_number),
    summary: text("return_of", { money: money(cents, currency) }),
  };
}

/**
 * What is owed on a card is let go.
 *
 * @param {Card} card
 * @param {string} reason
 * @returns {Action}
 */
export function forgive(card, reason) {
  return {
    kind: "forgive",
    path: `cards/${card.id}/forgive/`,
    body: { reason },
    mayWait: false,
    name: nameOf(card),
    summary: text("let_go"),
  };
}

/**
 * The lines that an action wrote.
 *
 * @param {Posting} posting
 * @returns {Transaction[]}
 */
export function linesOf({ transaction, transactions }) {
  return transactions ?? (transaction ? [transaction] : []);
}

/**
 * The lines whose undoing undoes all of an action: each of a purchase; of a return one, which takes the other along.
 *
 * @param {Posting} posting
 */
export function linesToUndo(posting) {
  const lines = linesOf(posting);
  const [together] = lines.filter((line) => UNDONE_TOGETHER.has(line.transaction_type));
  return together ? [together] : lines;
}

/**
 * Takes back what was withdrawn before anyone knew that it had arrived.
 *
 * @param {Posting} posting
 * @returns {Action[]}  none if there is nothing to take back
 */
export function undoWithdrawn(posting) {
  return linesToUndo(posting)
    .filter(({ transaction_type: kind }) => UNDONE_ONE_BY_ONE.has(kind) || UNDONE_TOGETHER.has(kind))
    .map(voidTransaction);
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
    name: String(body.name ?? body.email ?? body.phone ?? ""),
    summary: text("new_customer"),
  };
}

/**
 * @param {InHand} inHand
 * @param {string} path  after the card's address
 */
function target({ card, code, face }, path) {
  if (card) return { path: `cards/${card.id}/${path}`, name: nameOf(card) };
  if (face) return { path: `cards/${face.id}/${path}`, code, name: face.firstName || cardTail(face.number) };
  return { path: "", code, name: unseenCard(code) };
}
