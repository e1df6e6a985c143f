/** What means one card all by itself: the letters of its QR code, or its number with the check digit that it ends in. */

/** What a card's QR code holds: letters that no keyboard layout changes. */
const QR_TEXT = /^[BCDEFGHIJKLNOPRSTUVX]{30}$/i;
const CARD_NUMBER = /^\d{4}[ -]?\d{4}[ -]?\d{4}$/;

/** @param {string} text */
export function isQrText(text) {
  return QR_TEXT.test(text);
}

/** @param {string} text */
export function isCodeOrNumber(text) {
  return isQrText(text) || (CARD_NUMBER.test(text) && luhnIsValid(digitsOf(text)));
}

/**
 * Whether a text has the shape of a card's number, but for a slip in it.
 *
 * @param {string} text
 */
export function isMistyped(text) {
  return CARD_NUMBER.test(text) && !luhnIsValid(digitsOf(text));
}

/**
 * The same text for the same code, however it was typed.
 *
 * @param {string} text
 */
export function normalCode(text) {
  return isQrText(text) ? text.toUpperCase() : digitsOf(text);
}

/** @param {string} text */
function digitsOf(text) {
  return text.replace(/[ -]/g, "");
}

/**
 * ISO/IEC 7812-1, annex B.
 *
 * @param {string} digits
 */
function luhnIsValid(digits) {
  let total = 0;
  for (const [position, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (position % 2 ? 2 : 1);
    total += value > 9 ? value - 9 : value;
  }
  return total % 10 === 0;
}
