/**
 * The server's time, as far as this device knows it. A tablet's own clock may be hours off, and nobody at a counter
 * sets it; what is noted without a network is booked by its time, and a token ends by the server's.
 */

// A Date header says whole seconds, and takes a moment: as near as this, the device's clock is the better one.
const NEAR_MS = 5_000;

let ahead = 0;

/** Milliseconds since 1970, as Date.now(). */
export function now() {
  return Date.now() + ahead;
}

/** By how many milliseconds the server's clock is ahead of this device's. */
export function aheadBy() {
  return ahead;
}

/** @param {number} [milliseconds]  what was known before the page was loaded anew */
export function remember(milliseconds = 0) {
  ahead = milliseconds;
}

/** @param {string | null} date  the Date header of an answer of the server's own */
export function hear(date) {
  const gap = Date.parse(date ?? "") - Date.now();
  if (Number.isFinite(gap)) ahead = Math.abs(gap) < NEAR_MS ? 0 : gap;
}
