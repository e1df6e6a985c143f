/** The keys on a card whose usual act is a purchase: the amount is typed there, and the big button books it. */

import { byId } from "./dom.js";
import { listenToKeypad } from "./keypad.js";
import { TypedAmount } from "./typed-amount.js";

/** @import { Api } from "./api.js" */
/** @import { CardView } from "./card-view.js" */
/** @import { Facts } from "./types.js" */

/** Dispatches "buy" when Enter was pressed beside the buttons. */
export class AmountPad extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   * @param {CardView} cardView
   */
  constructor(facts, api, cardView) {
    super();
    this.cardView = cardView;
    this.typed = new TypedAmount(facts, api, (words) => cardView.drawPurchase(this.typed.inWords, words));
    this.keys = byId("pad-keys", HTMLElement);
    this.whose = "";
    listenToKeypad(
      this.keys,
      () => this.isOn,
      (key) => this.press(key),
    );
    cardView.addEventListener("drawn", () => this.draw());
  }

  /** Whether the keyboard is its own just now. */
  get isOn() {
    return document.body.dataset.screen === "card" && this.isShown;
  }

  get isShown() {
    return !this.keys.hidden;
  }

  get cents() {
    return this.isShown ? this.typed.cents : 0;
  }

  /** @param {string} key */
  press(key) {
    if (key === "enter") return void this.dispatchEvent(new Event("buy"));
    this.typed.press(key);
    this.draw();
  }

  clear() {
    this.typed.stop();
    this.typed.cents = 0;
    this.draw();
  }

  /** A scanner has typed a code here. */
  forgetKeys() {
    this.clear();
  }

  /** What was typed is of one card: it stays while that one is asked for again. */
  draw() {
    const { inHand, takesAmount } = this.cardView;
    const whose = String(inHand.card?.id ?? inHand.code);
    if (whose !== this.whose) this.typed.cents = 0;
    this.whose = whose;
    this.keys.hidden = !takesAmount;
    byId("pad-amount", HTMLElement).textContent = this.cents ? this.typed.inWords : "";
    if (this.cents) return this.typed.tell(inHand.card, "", this.cardView.signal);
    this.typed.stop();
    this.cardView.drawRate();
  }
}
