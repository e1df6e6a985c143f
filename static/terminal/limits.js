/** The program's limits, as far as the device can know them without a network: by what waits here, and the card's face. */

import { normalCode } from "./card-codes.js";

/** @import { Face } from "./faces.js" */
/** @import { CanStamp, Entry, Program } from "./types.js" */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Whether the next stamp would be taken, as the server says it of a card that it knows.
 *
 * @param {{code: string, face: Face | null}} unseen
 * @param {Entry[]} waiting
 * @param {Program} program
 * @returns {CanStamp}
 */
export function mayStampUnseen({ code, face }, waiting, program) {
  const given = waiting.filter((entry) => givesStamp(entry, program) && isOf(entry, code, face));
  const newest = Math.max(0, ...given.map((entry) => Date.parse(entry.madeAt)));
  const cooled = newest && newest + program.cooldown_minutes * MINUTE;
  const until = Math.max(cooled, Date.parse(face?.stampAllowedAt ?? "") || 0);
  const today = given.filter((entry) => Date.parse(entry.madeAt) > Date.now() - DAY);
  if (until > Date.now()) return refusal("stamp_cooldown", (until - Date.now()) / 1000);
  if (countOf(today) >= program.max_daily_stamps) return refusal("daily_stamp_limit", null);
  return { allowed: true, code: null, retry_after: null, next_stamp_at: null };
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
