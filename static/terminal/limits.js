/** The program's limits, as far as the device can know them without a network: by what waits here, and the card's face. */

import { normalCode } from "./card-codes.js";
import { day } from "./format.js";
import { now } from "./api.js";

/** @import { Face } from "./faces.js" */
/** @import { CanStamp, Entry, Program } from "./types.js" */

const MINUTE = 60_000;

/**
 * Whether the next stamp would be taken, as the server says it of a card that it knows.
 *
 * @param {{code: string, face: Face | null}} unseen
 * @param {Entry[]} waiting
 * @param {Program} program
 * @param {string} timezone  of the store, whose days are counted
 * @returns {CanStamp}
 */
export function mayStampUnseen({ code, face }, waiting, program, timezone) {
  const given = waiting.filter((entry) => givesStamp(entry, program) && isOf(entry, code, face));
  const newest = Math.max(0, ...given.map((entry) => Date.parse(entry.madeAt)));
  const cooled = newest && newest + program.cooldown_minutes * MINUTE;
  const told = Date.parse(face?.stampAllowedAt ?? "") || 0;
  const until = Math.max(cooled, told);
  const why = until === told ? (face?.whyNotBefore ?? "stamp_cooldown") : "stamp_cooldown";
  if (until > now()) return refusal(why, (until - now()) / 1000);
  if (stampsToday(given, face, timezone) >= program.max_daily_stamps) return refusal("daily_stamp_limit", null);
  return { allowed: true, code: null, retry_after: null, next_stamp_at: null };
}

/**
 * What the server had booked today when the card was seen, and what waits since.
 *
 * @param {Entry[]} given
 * @param {Face | null} face
 * @param {string} timezone
 */
function stampsToday(given, face, timezone) {
  const today = day(new Date(now()), timezone);
  const isToday = (/** @type {string} */ moment) => day(new Date(moment), timezone) === today;
  const booked = face && isToday(face.seenAt) ? (face.stampsToday ?? 0) : 0;
  return booked + countOf(given.filter((entry) => isToday(entry.madeAt)));
}

/**
 * How many stamps wait here for a card.
 *
 * @param {{code: string, face: Face | null}} unseen
 * @param {Entry[]} waiting
 * @param {Program} program
 */
export function stampsWaiting({ code, face }, waiting, program) {
  return countOf(waiting.filter((entry) => givesStamp(entry, program) && isOf(entry, code, face)));
}

/**
 * @param {Entry} entry
 * @param {Program} program
 */
function givesStamp({ kind }, program) {
  return kind === "stamp" || (kind === "purchase" && program.loyalty_type !== "points");
}

/** @param {Entry[]} entries */
function countOf(entries) {
  return entries.reduce((sum, { body }) => sum + Number(body.count ?? 1), 0);
}

/**
 * @param {Entry} entry
 * @param {string} code
 * @param {Face | null} face
 */
function isOf(entry, code, face) {
  if (face && entry.path.startsWith(`cards/${face.id}/`)) return true;
  return entry.code !== undefined && normalCode(entry.code) === normalCode(code);
}

/**
 * @param {string} code
 * @param {number | null} seconds
 * @returns {CanStamp}
 */
function refusal(code, seconds) {
  return { allowed: false, code, retry_after: seconds, next_stamp_at: null };
}
