/** What is said of purchases and returns before they are confirmed; what became of them is in outcome-words.js. */

import { amounts, wait } from "./format.js";
import { hasText, plural, text } from "./texts.js";

/** @import { Amounts, PromotionPart, Quote, ReturnQuote } from "./types.js" */

const NOTHING = { stamps: 0, points: 0 };

/**
 * What a purchase would give.
 *
 * @param {Quote} quote
 */
export function quoteInWords({ points, stamps, promotions, stamp, settled }) {
  const what = amounts({ points, stamps }) || plural("points", 0);
  const notes = [...promotions.map(promotedInWords), settledInWords(settled), noStamp(stamp)];
  return [text("gives", { what }), ...notes].filter(Boolean).join("\u00a0· ");
}

/**
 * What of it a promotion gives: "of which 20 points: Happy hour"; empty where that is less than one.
 *
 * @param {PromotionPart} part
 */
export function promotedInWords({ name, points, stamps }) {
  const what = amounts({ points, stamps });
  return what && text("of_which", { what, promotion: name });
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
 * What of that which was given paid what was owed; empty for nothing.
 *
 * @param {Amounts} [settled]
 */
export function settledInWords(settled = NOTHING) {
  const what = amounts(settled);
  return what && plural("settles", settled.stamps + settled.points, { what });
}

/** @param {{code: string | null, retry_after: number | null} | null} stamp */
export function noStamp(stamp) {
  if (!stamp?.code) return "";
  const key = `no_stamp_${stamp.code}`;
  return text(hasText(key) ? key : "no_stamp", { time: wait(stamp.retry_after ?? 0) });
}
