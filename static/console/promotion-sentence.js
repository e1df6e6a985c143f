/**
 * Reads a promotion's form back as its sentence, a moment after the last key.
 *
 * The server says it, as on tills and cards; nothing is saved by it. Without script, the sentence is that of the last
 * time the form was sent.
 */

import { askAsTyped, item } from "./as-typed.js";

const panel = document.getElementById("promotion-sentence");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("promotion_form"));
if (panel && form) start(panel, form);

/**
 * @param {HTMLElement} panel
 * @param {HTMLFormElement} form
 */
function start(panel, form) {
  const sentence = /** @type {HTMLElement} */ (panel.querySelector("[data-sentence]"));
  const faults = /** @type {HTMLElement} */ (panel.querySelector("[data-faults]"));

  /** @param {{sentence: string, faults: string[]}} answer */
  function show(answer) {
    sentence.textContent = answer.sentence;
    faults.replaceChildren(...answer.faults.map((fault) => item(fault)));
  }

  askAsTyped(form, panel.dataset.url ?? "", show)();
}
