/**
 * The purchase amount: a keypad that fills up from the right, and what the amount gives: reckoned here at once, and a
 * moment later as the server would give it, if it answers.
 */

import { NoAnswer, Problem } from "./api.js";
import { byId } from "./dom.js";
import { money, pointsFor } from "./format.js";
import { listenToKeypad } from "./keypad.js";
import { quoteInWords } from "./purchase-words.js";
import { plural, text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Card, Facts } from "./types.js" */

const PAUSE_MS = 300;

/** Dispatches "amount" with {cents, reference}. */
export class AmountScreen extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   */
  constructor(facts, api) {
    super();
    this.facts = facts;
    this.api = api;
    this.cents = 0;
    this.timer = 0;
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
   * Begin with nothing.
   *
   * @param {Card | null} card
   */
  open(card) {
    this.card = card;
    this.cents = 0;
    this.reference.value = "";
    byId("order-reference-optional", HTMLElement).hidden = this.needsReference;
    this.draw();
  }

  get needsReference() {
    return this.facts.program.settings.require_order_reference;
  }

  get isComplete() {
    return this.cents > 0 && (!this.needsReference || this.reference.value.trim() !== "");
  }

  /** @param {string} key */
  press(key) {
    if (key === "enter") return this.submit();
    const shifted = key === "delete" ? Math.floor(this.cents / 10) : Number(`${this.cents}${key}`);
    if (shifted <= this.facts.program.largest_purchase_cents) this.cents = shifted;
    this.draw();
  }

  submit() {
    if (!this.isComplete) return;
    clearTimeout(this.timer);
    const detail = { cents: this.cents, reference: this.reference.value.trim() };
    this.dispatchEvent(new CustomEvent("amount", { detail }));
  }

  draw() {
    const { program, currency_digits: digits } = this.facts;
    const points = pointsFor(this.cents, program.points_per_euro, digits);
    const isTooLittle = this.cents > 0 && this.cents < program.minimum_purchase_cents;
    const minimum = money(program.minimum_purchase_cents, this.facts);
    byId("amount", HTMLElement).textContent = money(this.cents, this.facts);
    byId("gives", HTMLElement).textContent = isTooLittle
      ? text("minimum_purchase", { money: minimum })
      : text("gives", { what: plural("points", points) });
    this.button.disabled = !this.isComplete;
    clearTimeout(this.timer);
    if (this.card && this.isComplete && !isTooLittle) this.timer = setTimeout(() => this.quote(), PAUSE_MS);
  }

  /** What the server says counts only for what stands there still; without an answer, what is there will do. */
  async quote() {
    const { card, cents, timer } = this;
    const reference = this.reference.value.trim();
    const body = { purchase_amount_cents: cents, ...(reference && { order_reference: reference }) };
    try {
      const quote = await this.api.post(`cards/${card?.id}/purchases/quote/`, body);
      if (timer === this.timer) byId("gives", HTMLElement).textContent = quoteInWords(quote);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }
}
