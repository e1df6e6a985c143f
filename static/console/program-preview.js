/**
 * Shows beside the program's form what customers will see, a moment after the last key.
 *
 * The server draws it from the form as it stands, with the very templates and payloads of the card's page and the
 * wallets; nothing is saved by it.
 */

import { askAsTyped, item } from "./as-typed.js";

const panel = document.getElementById("program-preview");
const form = panel?.closest("form");
if (panel && form) start(panel, form);

/**
 * @param {HTMLElement} panel
 * @param {HTMLFormElement} form
 */
function start(panel, form) {
  const frame = /** @type {HTMLIFrameElement} */ (panel.querySelector("[data-frame]"));
  const notes = /** @type {HTMLElement} */ (panel.querySelector("[data-notes]"));
  const language = /** @type {HTMLSelectElement} */ (panel.querySelector("[data-language]"));

  /** @param {{document: string, notes: {level: string, text: string}[]}} answer */
  function show(answer) {
    if (answer.document) {
      const place = frame.contentWindow?.scrollY ?? 0;
      frame.addEventListener("load", () => frame.contentWindow?.scrollTo(0, place), { once: true });
      frame.srcdoc = answer.document;
    }
    notes.replaceChildren(...answer.notes.map((note) => item(note.text, `note-${note.level}`)));
  }

  const ask = askAsTyped(form, panel.dataset.url ?? "", show, (body) => {
    body.set("preview_language", language.value);
  });
  ask();
}
