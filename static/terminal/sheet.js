/** A sheet: a dialog that offers choices (buttons with a data-value) and can be closed without one. */

/** What a sheet is closed with when something else takes its place: whoever opened it leads nowhere then. */
export const REPLACED = "replaced";

// A second tap soon after the first was meant for what is covered now, not for what it finds there instead.
const SETTLING_MS = 300;

/**
 * Lay a dialog on top of what is there.
 *
 * @param {HTMLDialogElement} dialog
 */
export function cover(dialog) {
  dialog.style.pointerEvents = "none";
  setTimeout(() => (dialog.style.pointerEvents = ""), SETTLING_MS);
  dialog.showModal();
}

/**
 * Open a sheet until somebody chooses, or until its time is over.
 *
 * @param {HTMLDialogElement} sheet
 * @param {AbortSignal} signal  of the screen or person that it belongs to
 * @returns {Promise<string | null>}  the data-value of what was chosen, null if nothing was
 */
export function openSheet(sheet, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    const abort = new AbortController();
    /** @type {string | null} */
    let chosen = null;
    sheet.addEventListener(
      "click",
      (event) => {
        const target = event.target instanceof Element ? event.target : null;
        const button = target?.closest("button");
        if (button?.dataset.value !== undefined && button.getAttribute("aria-disabled") !== "true") {
          chosen = button.dataset.value;
          sheet.close();
        } else if (button?.hasAttribute("data-close") || target === sheet) {
          sheet.close();
        }
      },
      { signal: abort.signal },
    );
    sheet.addEventListener(
      "close",
      () => {
        abort.abort();
        resolve(chosen);
      },
      { signal: abort.signal },
    );
    signal.addEventListener("abort", () => sheet.close(), { signal: abort.signal });
    cover(sheet);
  });
}
