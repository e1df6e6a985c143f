/** What is said of purchases and returns: before they are confirmed, and on the result. */

import { linesOf } from "./actions.js";
import { amounts, balances, changeInWords, money, wait } from "./format.js";
import { hasText, plural, text } from "./texts.js";

/** @import { Result } from "./result.js" */
/** @import { Amounts, Card, Facts, Posting, PromotionPart, Quote, ReturnQuote } from "./types.js" */

const NOTHING = { stamps: 0, points: 0 };

/**
 * What a purchase gave, and beside it what it did not give, and why.
 *
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
export function wordsForPurchase(posting, facts) {
  const { card, points, promotions = [], stamp, settled, reward_ready: isReady } = posting;
  const given = changeInWords(sum(posting));
  const parts = promotions.map(promotedInWords);
  const notes = [...parts.map((part) => part && `${part}.`), settledInWords(settled), noPoints(points?.code ?? null, facts), noStamp(stamp ?? null)];
  return {
    kind: given ? "ok" : "warn",
    icon: isReady ? "gift" : null,
    title: given || text("nothing_earned"),
    detail: isReady ? fullCard(card) : balances(card, facts),
    note: notes.filter(Boolean).join(" "),
    more: isReady ? text("redeem_now") : null,
  };
}

/**
 * What a purchase would give.
 *
 * @param {Quote} quote
 */
export function quoteInWords({ points, stamps, promotions, stamp, settled }) {
  const what = amounts({ points, stamps }) || plural("points", 0);
  const notes = [...promotions.map(promotedInWords), settledInWords(settled), noStamp(stamp)];
  return [text("gives", { what }), ...notes].filter(Boolean).join(" · ");
}

/**
 * What of it a promotion gives: "of which 20 points: Happy hour"; empty where that is less than one.
 *
 * @param {PromotionPart} part
 */
function promotedInWords({ name, points, stamps }) {
  const what = amounts({ points, stamps });
  return what && text("of_which", { what, promotion: name });
}

/**
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
export function wordsForReturn(posting, facts) {
  const { stamps_delta: stamps, points_delta: points } = sum(posting);
  const what = amounts({ stamps: -stamps, points: -points });
  const { owed = NOTHING } = posting;
  /** @type {Result} */
  const words = { kind: "warn", icon: "undo", title: text("returned"), note: balances(posting.card, facts) };
  if (!what) return { ...words, detail: text("takes_nothing") };
  if (!amounts(owed)) return { ...words, detail: text("taken_back", { what }) };
  return { ...words, detail: plural("taken_back_owed", owed.stamps + owed.points, { what, ...both(owed) }) };
}

/**
 * What a return would take back, and what of it would be owed.
 *
 * @param {ReturnQuote} quote
 */
export function returnInWords({ points, stamps, owed }) {
  const what = amounts({ points, stamps });
  if (!what) return text("takes_nothing");
  const taken = text("takes_back", { what });
  return amounts(owed) ? `${taken} ${text("would_be_owed", { what: amounts(owed) })}` : taken;
}

/**
 * Of two kinds it has to be said how many of which.
 *
 * @param {Amounts} owed
 * @returns {Record<string, string>}
 */
function both(owed) {
  return owed.stamps && owed.points ? { n: amounts(owed) } : {};
}

/**
 * What of that which was given paid what was owed; empty for nothing.
 *
 * @param {Amounts} [settled]
 */
export function settledInWords(settled = NOTHING) {
  const what = amounts(settled);
  return what && plural("settles", settled.stamps + settled.points, { what });
}

/**
 * @param {string | null} code
 * @param {Facts} facts
 */
function noPoints(code, facts) {
  return code ? text("no_points", { money: money(facts.program.minimum_purchase_cents, facts) }) : "";
}

/** @param {{code: string | null, retry_after: number | null} | null} stamp */
function noStamp(stamp) {
  if (!stamp?.code) return "";
  const key = `no_stamp_${stamp.code}`;
  return text(hasText(key) ? key : "no_stamp", { time: wait(stamp.retry_after ?? 0) });
}

/**
 * This call has filled the card.
 *
 * @param {Card} card
 */
export function fullCard(card) {
  const name = card.customer.name || text("this_card");
  const reward = card.stamp_reward.description || text("full_card_reward");
  return text("now_full", { name, reward });
}

/** @param {Posting} posting */
function sum(posting) {
  const total = { stamps_delta: 0, points_delta: 0 };
  for (const line of linesOf(posting)) {
    total.stamps_delta += line.stamps_delta;
    total.points_delta += line.points_delta;
  }
  return total;
}
