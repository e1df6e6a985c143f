/**
 * A USB or Bluetooth scanner types like a keyboard, only faster, and ends with Enter or Tab. It is heard wherever the
 * focus is; what a person types is left alone.
 */

const SHORTEST_CODE = 6;
const FASTEST_PERSON_MS = 60;
const PAUSE_MS = 250;

/**
 * Listen for scanned codes.
 *
 * @param {(code: string) => void} onCode
 * @returns {() => void}  to be called when the till locks or unlocks: a code that is half typed by then is none
 */
export function listenToScanner(onCode) {
  let typed = "";
  let isTorn = false;
  let startedAt = 0;
  let lastAt = 0;

  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const now = event.timeStamp;
      if (event.key === "Enter" || event.key === "Tab") {
        const code = typed;
        const isWhole = !isTorn;
        typed = "";
        isTorn = false;
        if (!wasFast(code, lastAt - startedAt)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        takeOut(code);
        if (isWhole) onCode(code);
      } else if (event.key.length === 1) {
        if (!typed || now - lastAt > PAUSE_MS) {
          typed = "";
          isTorn = false;
          startedAt = now;
        }
        typed += event.key;
        lastAt = now;
      }
    },
    { capture: true },
  );
  return () => {
    isTorn = typed !== "";
  };
}

/**
 * @param {string} code
 * @param {number} milliseconds  from its first key to its last
 */
function wasFast(code, milliseconds) {
  return code.length >= SHORTEST_CODE && milliseconds / (code.length - 1) < FASTEST_PERSON_MS;
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
