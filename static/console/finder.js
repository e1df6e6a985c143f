// Ctrl+K: Unfold's search as a dialog. It opens from within a field too, holds the keyboard while it is there, is closed
// by Escape from wherever in it one is, and leads back to where one was.

/** @type {HTMLElement | null} */
let before = null;

/** @returns {HTMLElement | null} the dialog */
const finder = () => document.querySelector("[x-data='searchCommand()']");
const field = () => /** @type {HTMLInputElement | null} */ (document.querySelector("#search-input-command"));

document.addEventListener("DOMContentLoaded", () => {
  const dialog = finder();
  if (!dialog) return;
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-modal", "true");
  dialog.setAttribute("aria-label", field()?.placeholder ?? "");
  dialog.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget instanceof HTMLElement && !dialog.contains(relatedTarget)) before = relatedTarget;
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Tab") goRound(event, dialog);
    if (event.key === "Escape" && event.target !== field()) close();
  });
  new MutationObserver(() => leave(dialog)).observe(dialog, { attributeFilter: ["style"] });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
  if (!(event.target instanceof Element) || !event.target.matches("input, textarea")) return; // Unfold's own
  event.preventDefault();
  dispatchEvent(new CustomEvent("opencommand"));
});

/**
 * Back to where one was, unless one is somewhere else already.
 * @param {HTMLElement} dialog
 */
function leave(dialog) {
  if (dialog.checkVisibility() || !before) return;
  const { activeElement } = document;
  if (activeElement === document.body || dialog.contains(activeElement)) before.focus();
  before = null;
}

/**
 * The first follows the last.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} dialog
 */
function goRound(event, dialog) {
  const all = [...dialog.querySelectorAll("a[href], button, input")].filter((one) => one.checkVisibility());
  const [end, start] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  if (document.activeElement !== end || !(start instanceof HTMLElement)) return;
  event.preventDefault();
  start.focus();
}

/** As Escape does in its field, once nothing stands in it. */
function close() {
  const typed = field();
  if (!typed) return;
  typed.value = "";
  typed.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}
