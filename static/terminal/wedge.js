/**
 * A USB or Bluetooth scanner types like a keyboard, only faster, and ends with Enter or Tab. It is heard wherever the
 * focus is, also if its radio stands still for a moment within a code; what a person types is left alone.
 */

import { isCodeOrNumber } from "./card-codes.js";

const SHORTEST_CODE = 6;
const FASTEST_PERSON_MS = 60;
const PAUSE_MS = 250;
// How long a radio link may stand still within a code.
const HICCUP_MS = 500;

/**
 * Listen for scanned codes.
 *
 * @param {(code: string) => void} onCode
 * @returns {() => void}  to be called when the till locks or unlocks: a code that is half typed by then is none
 */
export function listenToScanner(onCode) {
  let typed = "";
  /** @type {KeyboardEvent[]} */
  let strokes = [];
  let isTorn = false;
  let lastAt = 0;
  /** @type {number[]}  milliseconds between the keys that were typed */
  let gaps = [];

  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const now = event.timeStamp;
      if (event.key === "Enter" || event.key === "Tab") {
        const isScan = isOfScanner(typed, gaps);
        const code = wholeCode(typed);
        const meant = code === typed ? asMeant(strokes) : code;
        const isWhole = !isTorn;
        typed = "";
        isTorn = false;
        if (!isScan) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        takeOut(code);
        if (isWhole) onCode(meant);
      } else if (event.key.length === 1) {
        const gap = now - lastAt;
        if (!typed || gap > HICCUP_MS || (gap > PAUSE_MS && !areFast(gaps))) {
          typed = "";
          isTorn = false;
          strokes = [];
          gaps = [];
        } else {
          gaps.push(gap);
        }
        typed += event.key;
        strokes.push(event);
        lastAt = now;
        if (event.target instanceof HTMLSelectElement) event.preventDefault(); // its letters would choose something
      }
    },
    { capture: true },
  );
  return () => {
    isTorn = typed !== "";
  };
}

/**
 * Whether a code came faster than a person types, but for one hiccup.
 *
 * @param {string} code
 * @param {number[]} gaps  milliseconds between its keys
 */
function isOfScanner(code, gaps) {
  if (code.length < SHORTEST_CODE) return false;
  const longest = gaps.indexOf(Math.max(...gaps));
  return areFast(gaps.filter((_gap, place) => place !== longest));
}

/** @param {number[]} gaps */
function areFast(gaps) {
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  return whole < FASTEST_PERSON_MS * Math.max(1, gaps.length);
}

/**
 * Scanners come set to an American keyboard. On a French one their digits are signs, which nobody prints as a code: then
 * every key counts for what stands on an American one. A code with digits in it came as it should.
 *
 * @param {KeyboardEvent[]} strokes
 */
function asMeant(strokes) {
  const hasDigits = strokes.some(({ key }) => /\d/.test(key));
  const hasSigns = strokes.some(({ code, shiftKey }) => code.startsWith("Digit") && !shiftKey);
  const isAsPrinted = hasDigits || !hasSigns;
  return strokes.map((stroke) => (isAsPrinted ? stroke.key : american(stroke))).join("");
}

/** @param {KeyboardEvent} stroke */
function american({ key, code, shiftKey }) {
  if (code === "Minus" && !shiftKey) return "-";
  const [, digit, letter] = /^(?:Digit(\d)|Key([A-Z]))$/.exec(code) ?? [];
  if (digit && !shiftKey) return digit;
  return letter ? (shiftKey ? letter : letter.toLowerCase()) : key;
}

/**
 * The code as it stands in the field: if the radio stood still for longer, its beginning was taken for a person's.
 *
 * @param {string} end  that came fast
 */
function wholeCode(end) {
  const field = document.activeElement;
  const written = field instanceof HTMLInputElement ? field.value : "";
  return written.endsWith(end) && isCodeOrNumber(written) ? written : end;
}

/**
 * The code went into whatever field had the focus: take it out again.
 *
 * @param {string} code
 */
function takeOut(code) {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.value.endsWith(code)) {
    field.value = field.value.slice(0, -code.length);
  }
}
