/** Mending what was refused: it is booked once more, for another card or with another amount, by whoever is here now. */

import * as actions from "./actions.js";
import { byId } from "./dom.js";
import { money } from "./format.js";
import { openSheet } from "./sheet.js";
import { text } from "./texts.js";

/** @import { Till } from "./till.js" */
/** @import { Action, Refused } from "./types.js" */

export class MendSheet {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    this.sheet = byId("mend-sheet", HTMLDialogElement);
    this.query = byId("mend-card", HTMLInputElement);
    this.amount = byId("mend-amount", HTMLInputElement);
    this.error = byId("mend-error", HTMLElement);
    this.amount.addEventListener("input", () => this.drawAmount());
    byId("mend-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    /** @type {Refused | null} */
    this.record = null;
    /** @type {Action | null} */
    this.action = null;
  }

  get isOpen() {
    return this.sheet.open;
  }

  /**
   * @param {Refused} record
   * @param {AbortSignal} signal  of the person who mends it
   * @returns {Promise<Action | null>}  what is to be done in its place
   */
  async open(record, signal) {
    this.record = record;
    this.action = null;
    byId("mend-what", HTMLElement).textContent = `${record.name}, ${record.summary}: ${record.reason}`;
    byId("mend-amount-field", HTMLElement).hidden = record.kind !== "purchase";
    this.query.value = record.code ?? "";
    this.amount.value = String(record.body.purchase_amount_cents ?? "");
    this.say("");
    this.drawAmount();
    await openSheet(this.sheet, signal);
    return this.action;
  }

  get cents() {
    return Number(this.amount.value.replace(/\D/g, ""));
  }

  drawAmount() {
    byId("mend-money", HTMLElement).textContent = money(this.cents, this.till.facts);
  }

  /** @param {string} words */
  say(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
  }

  /** @param {string} code  from a scanner, while this sheet is open */
  onCode(code) {
    this.query.value = code;
    this.drawAmount();
    this.submit();
  }

  async submit() {
    const { record, till } = this;
    const { signal } = till.screens;
    const found = await till.scanScreen.find(this.query.value.trim());
    if (signal.aborted || !this.isOpen || record !== this.record || !record) return;
    if (!found.card) return this.say(found.problem?.detail || text(found.matches ? "be_exact" : "needs_network"));
    const inHand = { card: found.card, code: "", last: null };
    const { count = 1, order_reference: reference = "" } = /** @type {any} */ (record.body);
    const action =
      record.kind === "stamp"
        ? actions.stamp(inHand, count)
        : actions.purchase(inHand, this.cents, reference, till.facts);
    this.action = { ...action, mends: record.key };
    this.sheet.close();
  }
}
