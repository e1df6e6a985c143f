/** Money, times, balances and their changes, as the person at the till reads them. */

import { now } from "./api.js";
import { locale, number, plural, text } from "./texts.js";

/** @import { Card, Currency, Facts, Transaction } from "./types.js" */

const NO_BREAK = "\u00a0"; // a number stays with what it counts
const DAY = 24 * 60 * 60 * 1000;

/**
 * An amount in the currency's minor unit, with the digits that the server counts in.
 *
 * @param {number} cents
 * @param {Currency} unit
 */
export function money(cents, { currency, currency_digits: digits }) {
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale(), { style: "currency", currency, ...decimals }).format(
    cents / 10 ** digits,
  );
}

/**
 * "12:41" of today, "yesterday, 12:41", else "3.11., 12:41", at the store.
 *
 * @param {string} iso
 * @param {string} timezone  IANA name
 */
export function when(iso, timezone) {
  const moment = new Date(iso);
  const time = clock(iso, timezone);
  if (day(moment, timezone) === day(new Date(now()), timezone)) return time;
  if (day(moment, timezone) === day(new Date(now() - DAY), timezone)) return text("yesterday", { time });
  return text("on_day", { day: date(iso, timezone), time });
}

/**
 * @param {string} iso
 * @param {string} timezone
 */
export function clock(iso, timezone) {
  const hours = { hour: "2-digit", minute: "2-digit", timeZone: timezone };
  return new Intl.DateTimeFormat(locale(), /** @type {Intl.DateTimeFormatOptions} */ (hours)).format(
    new Date(iso),
  );
}

/**
 * A day in figures, with its year unless it is this one.
 *
 * @param {string} iso
 * @param {string} timezone
 */
export function date(iso, timezone) {
  const moment = new Date(iso);
  const sameYear = moment.getFullYear() === new Date(now()).getFullYear();
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = { day: "numeric", month: "numeric", timeZone: timezone };
  if (!sameYear) parts.year = "numeric";
  return new Intl.DateTimeFormat(locale(), parts).format(moment);
}

/**
 * Seconds as "4:09", or "1:04:09".
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/**
 * A time to wait, short: "14 min", from an hour on "1:04:09".
 *
 * @param {number} seconds
 */
export function wait(seconds) {
  if (seconds > 3600) return duration(seconds);
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return new Intl.NumberFormat(locale(), { style: "unit", unit: "minute" }).format(minutes);
}

/**
 * "60 points and 1 stamp"; empty for nothing.
 *
 * @param {{stamps: number, points: number}} what
 */
export function amounts({ stamps, points }) {
  const parts = [];
  if (points) parts.push(plural("points", points));
  if (stamps) parts.push(plural("stamps", stamps));
  const each = parts.map(unbroken);
  return locale() === "de-LU" ? each.join(", ") : new Intl.ListFormat(locale()).format(each); // no "und" there
}

/**
 * A change with its sign, a true minus.
 *
 * @param {number} change
 */
export function signed(change) {
  return `${change < 0 ? "\u2212" : "+"}${number(Math.abs(change))}`;
}

/**
 * What a transaction did, short: "+1", "−200 p".
 *
 * @param {{stamps_delta: number, points_delta: number}} transaction
 */
export function change({ stamps_delta: stamps, points_delta: points }) {
  const parts = [];
  if (stamps) parts.push(signed(stamps));
  if (points) parts.push(text("points_short", { n: signed(points) }));
  return parts.join(" ");
}

/**
 * The same in full: "+1 stamp", "−200 points".
 *
 * @param {{stamps_delta: number, points_delta: number}} transaction
 */
export function changeInWords({ stamps_delta: stamps, points_delta: points }) {
  const parts = [];
  if (stamps) parts.push(plural("stamps", stamps, { n: signed(stamps) }));
  if (points) parts.push(plural("points", points, { n: signed(points) }));
  return parts.map(unbroken).join(", ");
}

/** @param {string} words */
function unbroken(words) {
  return words.replaceAll(" ", NO_BREAK);
}

/**
 * What else there is to say of a transaction: the reward, or its kind unless the figures tell enough.
 *
 * @param {Transaction} transaction
 */
export function particulars(transaction) {
  const { reward, transaction_type: kind, purchase_id: purchase } = transaction;
  if (reward) return reward.name;
  const isVoid = kind === "stamp_voided" || kind === "points_voided";
  if (isVoid && transaction.stamps_delta + transaction.points_delta > 0)
    return text(purchase ? "return_undone" : "redemption_undone");
  return kind === "stamp_earned" || kind === "points_earned" ? "" : text(`type_${kind}`);
}

/**
 * The points that an amount gives: floor(whole units * points per unit), without floating point.
 *
 * @param {number} cents
 * @param {string} pointsPerUnit  a decimal, e.g. "1.50"
 * @param {number} digits  of the currency's minor unit
 */
export function pointsFor(cents, pointsPerUnit, digits) {
  const [whole, fraction = ""] = pointsPerUnit.split(".");
  return Number((BigInt(cents) * BigInt(whole + fraction)) / 10n ** BigInt(fraction.length + digits));
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
  const both = [stamps, points].map(unbroken).join(" ");
  return { stamps, points, hybrid: both }[facts.program.loyalty_type];
}

/**
 * The last group of a card's number, for a customer without a name.
 *
 * @param {string} cardNumber
 */
export function cardTail(cardNumber) {
  return text("card_ending", { number: cardNumber.slice(-4) });
}

/**
 * What a card's customer is called at the till, without a name by the end of its number.
 *
 * @param {Card} card
 */
export function nameOf(card) {
  return card.customer.name || cardTail(card.card_number);
}

/**
 * What is known of a card that could not be loaded: its number, or how its code begins.
 *
 * @param {string} code
 */
export function unseenCard(code) {
  const digits = code.replace(/[ -]/g, "");
  if (/^\d{12}$/.test(digits)) return digits.replace(/\d{4}(?=\d)/g, "$&-");
  return text("card_code", { code: code.slice(0, 12) });
}

/**
 * @param {Date} moment
 * @param {string} timezone
 */
export function day(moment, timezone) {
  return new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: timezone }).format(moment);
}

/**
 * Whether it is today, where the store is; who was born on 29 February has the 28th in other years, as with promotions.
 *
 * @param {string | null} birthDate  ISO date
 * @param {string} timezone
 */
export function isBirthday(birthDate, timezone) {
  const today = day(new Date(now()), timezone);
  const hasLeapDay = new Date(Number(today.slice(0, 4)), 1, 29).getMonth() === 1;
  const birthday = birthDate?.slice(5) ?? "";
  return today.slice(5) === (birthday === "02-29" && !hasLeapDay ? "02-28" : birthday);
}
