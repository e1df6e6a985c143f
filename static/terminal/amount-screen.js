/** The purchase amount on a screen of its own, with the number of its receipt. */

import { isCodeOrNumber } from "./card-codes.js";
import { byId, writeFigure } from "./dom.js";
import { listenToKeypad } from "./keypad.js";
import { TypedAmount } from "./typed-amount.js";

/** @import { Api } from "./api.js" */
/** @import { Card, Facts } from "./types.js" */

/** Dispatches "amount" with {cents, reference}. */
export class AmountScreen extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   */
  constructor(facts, api) {
    super();
    this.facts = facts;
    const gives = byId("gives", HTMLElement);
    this.typed = new TypedAmount(facts, api, (words) => (gives.textContent = words));
    this.signal = AbortSignal.abort();
    /** @type {Card | null} */
    this.card = null;
    this.reference = byId("order-reference", HTMLInputElement);
    this.button = byId("credit-button", HTMLButtonElement);
    const isOn = () => document.body.dataset.screen === "amount";
    listenToKeypad(byId("amount-keys", HTMLElement), isOn, (key) => this.press(key));
    this.reference.addEventListener("input", () => this.draw());
    byId("amount-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /**
   * @param {Card | null} card
   * @param {number} cents  that were typed already
   * @param {AbortSignal} signal  of the screen
   */
  open(card, cents, signal) {
    this.signal = signal;
    this.card = card;
    this.typed.cents = cents;
    this.reference.value = "";
    byId("order-reference-optional", HTMLElement).hidden = this.needsReference;
    this.draw();
  }

  /**
   * A scanner has read the receipt whose number is asked for; a card of ours is none.
   *
   * @param {string} code
   * @returns {boolean}  whether it was taken for one
   */
  takesReceipt(code) {
    if (document.activeElement !== this.reference || isCodeOrNumber(code)) return false;
    this.reference.value = code.slice(0, this.reference.maxLength);
    this.draw();
    return true;
  }

  /** A scanner has typed a code here. */
  forgetKeys() {
    if (document.body.dataset.screen !== "amount") return;
    this.typed.cents = 0;
    this.draw();
  }

  get needsReference() {
    return this.facts.program.settings.require_order_reference;
  }

  get isComplete() {
    return this.typed.cents > 0 && (!this.needsReference || this.reference.value.trim() !== "");
  }

  /** @param {string} key */
  press(key) {
    if (key === "enter") return this.submit();
    this.typed.press(key);
    this.draw();
  }

  submit() {
    if (!this.isComplete) return;
    this.typed.stop();
    const detail = { cents: this.typed.cents, reference: this.reference.value.trim() };
    this.dispatchEvent(new CustomEvent("amount", { detail }));
  }

  draw() {
    writeFigure("amount", this.typed.inWords);
    this.typed.tell(this.card, this.isComplete ? this.reference.value.trim() : null, this.signal);
    this.button.disabled = !this.isComplete;
  }
}
