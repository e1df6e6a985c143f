/** What the result screen says of an action: done, refused, or saved for later. */

import { linesOf } from "./actions.js";
import { amounts, balances, changeInWords, money, signed } from "./format.js";
import { noStamp, promotedInWords, settledInWords } from "./purchase-words.js";
import { hasText, number, plural, text } from "./texts.js";

/** @import { Result } from "./result.js" */
/** @import { Amounts, Card, Entry, Facts, Posting, ProblemDocument } from "./types.js" */

const NOTHING = { stamps: 0, points: 0 };
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
  const { card } = posting;
  const reward = {
    kind: /** @type {const} */ ("ok"),
    icon: "gift",
    title: text("redeemed", { reward: entry.summary }),
  };
  switch (entry.kind) {
    case "stamp":
      return stamped(posting);
    case "purchase":
      return wordsForPurchase(posting, facts);
    case "return":
      return wordsForReturn(posting, facts);
    case "forgive":
      return letGo(posting, facts);
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
  const places = locations.map((one) => one.name).join(", ");
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
    next: text(entry.kind === "enrol" || entry.kind === "return" ? "back" : "back_to_card"),
  };
}

/**
 * The action waits on this device: noted, and not more than that.
 *
 * @param {Entry} entry
 * @returns {Result}
 */
export function wordsForSaved(entry) {
  const title = entry.kind === "stamp" ? plusStamps(Number(entry.body.count ?? 1)) : entry.summary;
  const undo = entry.kind === "void" ? null : text("undo");
  return { kind: "noted", title, detail: entry.name, note: text("saved"), undo };
}

/**
 * @param {Posting} posting
 * @returns {Result}
 */
function stamped(posting) {
  const { card, reward_ready: isReady, settled } = posting;
  const [{ stamps_delta: stamps }] = linesOf(posting);
  const title = plusStamps(stamps);
  if (!isReady) return { kind: "ok", title, detail: stampsNow(card), note: settledInWords(settled) };
  return { kind: "ok", icon: "gift", title, detail: fullCard(card), more: text("redeem_now") };
}

/**
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
function voided({ card, shortfall, owed }, facts) {
  const note = shortfall && owed ? text("shortfall", { what: amounts(owed) }) : "";
  return { kind: "warn", icon: "undo", title: text("voided"), detail: balances(card, facts), note };
}

/**
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
function letGo(posting, facts) {
  const [{ stamps_delta: stamps, points_delta: points }] = linesOf(posting);
  const title = text("was_let_go", { what: amounts({ stamps, points }) });
  return { kind: "ok", title, detail: balances(posting.card, facts), next: text("back_to_card") };
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

/**
 * What a purchase gave, and beside it what it did not give, and why.
 *
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
function wordsForPurchase(posting, facts) {
  const { card, points, promotions = [], stamp, settled, reward_ready: isReady } = posting;
  const given = changeInWords(sum(posting));
  const parts = promotions.map(promotedInWords).filter(Boolean).map(asSentence);
  const notes = [...parts, settledInWords(settled), noPoints(points?.code ?? null, facts), noStamp(stamp ?? null)];
  return {
    kind: given ? "ok" : "warn",
    icon: isReady ? "gift" : null,
    title: given || text("nothing_earned"),
    detail: isReady ? fullCard(card) : balances(card, facts),
    note: notes.filter(Boolean).join(" "),
    more: isReady ? text("redeem_now") : null,
  };
}

/** @param {string} words */
function asSentence(words) {
  return `${words[0].toLocaleUpperCase()}${words.slice(1)}.`;
}

/**
 * @param {Posting} posting
 * @param {Facts} facts
 * @returns {Result}
 */
function wordsForReturn(posting, facts) {
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
 * Of two kinds it has to be said how many of which.
 *
 * @param {Amounts} owed
 * @returns {Record<string, string>}
 */
function both(owed) {
  return owed.stamps && owed.points ? { n: amounts(owed) } : {};
}

/**
 * @param {string | null} code
 * @param {Facts} facts
 */
function noPoints(code, facts) {
  return code ? text("no_points", { money: money(facts.program.minimum_purchase_cents, facts) }) : "";
}

/**
 * This call has filled the card.
 *
 * @param {Card} card
 */
function fullCard(card) {
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
