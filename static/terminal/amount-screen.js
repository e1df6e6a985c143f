/** The purchase amount: a keypad that fills up from the right, and the points that the amount gives. */

import { byId } from "./dom.js";
import { money, pointsFor } from "./format.js";
import { listenToKeypad } from "./keypad.js";
import { plural, text } from "./texts.js";

/** @import { Facts } from "./types.js" */

/** Dispatches "amount" with {cents, reference}. */
export class AmountScreen extends EventTarget {
  /** @param {Facts} facts */
  constructor(facts) {
    super();
    this.facts = facts;
    this.cents = 0;
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

  /** Begin with nothing. */
  open() {
    this.cents = 0;
    this.reference.value = "";
    byId("order-reference-field", HTMLElement).hidden = !this.needsReference;
    this.draw();
  }

  get needsReference() {
    return this.facts.program.settings.require_order_reference;
  }

  get isComplete() {
    const { minimum_purchase_cents: minimum } = this.facts.program;
    return this.cents >= Math.max(1, minimum) && (!this.needsReference || this.reference.value.trim() !== "");
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
    const detail = { cents: this.cents, reference: this.needsReference ? this.reference.value.trim() : "" };
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
      : plural("gives_points", points);
    this.button.disabled = !this.isComplete;
  }
}
