/** What the result screen says of an action: done, refused, or saved for later. */

import { signed } from "./format.js";
import { hasText, locale, number, plural, text } from "./texts.js";

/** @import { Result } from "./result.js" */
/** @import { Card, Entry, Facts, Posting, ProblemDocument } from "./types.js" */

const MERELY_WAIT = new Set([
  "stamp_cooldown",
  "daily_stamp_limit",
  "not_enough_stamps",
  "not_enough_points",
]);

/**
 * @param {Entry} entry
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
export function wordsForDone(entry, posting, facts) {
  const { transaction, card } = posting;
  const reward = {
    kind: /** @type {const} */ ("ok"),
    icon: "gift",
    title: text("redeemed", { reward: entry.summary }),
  };
  switch (entry.kind) {
    case "stamp":
      return stamped(posting);
    case "earn":
      return { kind: "ok", title: plusPoints(transaction.points_delta), detail: newBalance(card) };
    case "redeem-stamps":
      return { ...reward, detail: stampsNow(card) };
    case "redeem-reward":
      return { ...reward, detail: newBalance(card) };
    default:
      return voided(posting, facts);
  }
}

/** @param {Posting} posting */
export function wordsForEnrolled({ card, already_enrolled: isOld, locations = [] }) {
  const places = new Intl.ListFormat(locale()).format(locations.map((one) => one.name));
  const bonus = card.points_balance > 0 ? plural("bonus", card.points_balance) : "";
  /** @type {Result} */
  const words = isOld
    ? { kind: "warn", icon: "info", title: text("already_enrolled"), detail: text("valid_at", { places }) }
    : {
        kind: "ok",
        title: text("welcome", { name: card.customer.name }),
        detail: text("card_sent"),
        note: bonus,
      };
  return { ...words, next: text("open_card") };
}

/**
 * @param {Entry} entry
 * @param {ProblemDocument} problem
 * @returns {Result}
 */
export function wordsForRefused(entry, problem) {
  const key = `refused_${problem.code}`;
  return {
    kind: MERELY_WAIT.has(problem.code) ? "warn" : "bad",
    title: text(hasText(key) ? key : "refused"),
    detail: problem.errors?.[0]?.message ?? problem.detail,
    next: text(entry.kind === "enrol" ? "back" : "back_to_card"),
  };
}

/**
 * The action waits on this device; all is as well as it can be.
 *
 * @param {Entry} entry
 * @returns {Result}
 */
export function wordsForSaved(entry) {
  const title = entry.kind === "stamp" ? plusStamps(Number(entry.body.count ?? 1)) : entry.summary;
  const undo = entry.kind === "void" ? null : text("undo");
  return { kind: "ok", icon: "cloud-off", title, detail: entry.name, note: text("saved"), undo };
}

/**
 * What is on a card, as far as the program has it.
 *
 * @param {Card} card
 * @param {Facts} facts
 */
export function balances(card, facts) {
  const count = number(card.stamp_count);
  const stamps = text("stamps_now", { count, target: number(card.stamps_target) });
  const points = text("points_now", { count: number(card.points_balance) });
  return { stamps, points, hybrid: `${stamps} ${points}` }[facts.program.loyalty_type];
}

/**
 * @param {Posting} posting
 * @returns {Result}
 */
function stamped({ transaction, card, reward_ready: isReady }) {
  const title = plusStamps(transaction.stamps_delta);
  if (!isReady) return { kind: "ok", title, detail: stampsNow(card) };
  const detail = text("now_full", {
    name: nameOf(card),
    reward: card.stamp_reward.description || text("full_card_reward"),
  });
  return { kind: "ok", icon: "gift", title, detail };
}

/**
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
function voided({ transaction, card, shortfall = 0 }, facts) {
  const lost = plural(transaction.transaction_type === "stamp_voided" ? "stamps" : "points", shortfall);
  const note = shortfall ? text("shortfall", { what: lost }) : "";
  return { kind: "warn", icon: "undo", title: text("voided"), detail: balances(card, facts), note };
}

/** @param {Card} card */
function stampsNow(card) {
  const count = number(card.stamp_count);
  return text("now_has", { name: nameOf(card), count, target: number(card.stamps_target) });
}

/** @param {Card} card */
function newBalance(card) {
  return plural("new_balance", card.points_balance);
}

/** @param {Card} card */
function nameOf(card) {
  return card.customer.name || text("this_card");
}

/** @param {number} count */
function plusStamps(count) {
  return plural("stamps", count, { n: signed(count) });
}

/** @param {number} count */
function plusPoints(count) {
  return plural("points", count, { n: signed(count) });
}
