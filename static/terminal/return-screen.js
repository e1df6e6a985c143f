/** Bringing something back: which receipt, how much of it, and what that takes back before it is confirmed. */

import { NoAnswer, Problem } from "./api.js";
import { byId, element, writeFigure } from "./dom.js";
import { cardTail, money, when } from "./format.js";
import { listenToKeypad } from "./keypad.js";
import { returnInWords } from "./purchase-words.js";
import { later } from "./state.js";
import { text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Card, Facts, Purchase, PurchasePage } from "./types.js" */

const SHOWN = 10;
const PAUSE_MS = 250;

/** Dispatches "return" with {purchase, cents, reason}. */
export class ReturnScreen extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   */
  constructor(facts, api) {
    super();
    this.facts = facts;
    this.api = api;
    this.receipt = byId("receipt", HTMLInputElement);
    this.reason = byId("return-reason", HTMLInputElement);
    this.button = byId("return-confirm", HTMLButtonElement);
    this.timer = 0;
    this.signal = AbortSignal.abort();
    /** Only the newest question's answer counts. */
    this.asked = 0;
    /** @type {Purchase[]} */
    this.purchases = [];
    /** @type {Purchase | null} */
    this.purchase = null;
    this.cents = 0;
    this.isPreset = true;
    this.listen();
  }

  listen() {
    const isOn = () => document.body.dataset.screen === "return" && this.purchase !== null;
    listenToKeypad(byId("return-keys", HTMLElement), isOn, (key) => this.press(key));
    byId("receipt-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.find(this.receipt.value.trim());
    });
    byId("return-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    byId("purchases", HTMLElement).addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      const chosen = this.purchases.find((one) => String(one.id) === button?.dataset.value);
      if (chosen && button?.getAttribute("aria-disabled") !== "true") this.choose(chosen);
    });
  }

  /**
   * @param {Card | null} card  whose purchases are offered
   * @param {AbortSignal} signal  of the screen: what it asks for ends with it
   */
  open(card, signal) {
    this.signal = signal;
    this.clear();
    if (card) this.list({ card: card.id }, text("no_purchases"));
  }

  /** Nothing of anybody's stays here. */
  clear() {
    this.receipt.value = "";
    this.reason.value = text("return_reason");
    this.draw([], "");
    this.leavePurchase();
  }

  /** Back to the choice of a receipt. */
  leavePurchase() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.purchase = null;
    byId("receipt-part", HTMLElement).hidden = false;
    byId("return-form", HTMLElement).hidden = true;
  }

  /**
   * The purchases with a receipt number; the only one is chosen at once.
   *
   * @param {string} receipt  typed or scanned
   */
  async find(receipt) {
    if (!receipt) return;
    this.receipt.value = receipt;
    const found = await this.list({ order_reference: receipt }, text("no_receipt"));
    if (found?.length === 1 && leftOf(found[0])) this.choose(found[0]);
  }

  /**
   * @param {Record<string, string | number>} query
   * @param {string} none  said if there is none
   * @returns {Promise<Purchase[] | null>}  null if something else was asked meanwhile, or there was no answer
   */
  async list(query, none) {
    const asked = ++this.asked;
    try {
      /** @type {PurchasePage} */
      const { results } = await this.api.get("purchases/", { ...query, page_size: SHOWN });
      if (!this.isAwaited(asked)) return null;
      this.draw(results, results.length ? "" : none);
      return results;
    } catch (error) {
      if (this.isAwaited(asked)) this.draw([], whyNot(error));
      return null;
    }
  }

  /**
   * @param {Purchase[]} purchases
   * @param {string} words
   */
  draw(purchases, words) {
    this.purchases = purchases;
    byId("purchases", HTMLElement).replaceChildren(...purchases.map((one) => this.row(one)));
    byId("receipt-says", HTMLElement).textContent = words;
  }

  /** @param {Purchase} purchase */
  row(purchase) {
    const { store } = this.facts;
    const left = leftOf(purchase);
    const amount = money(purchase.purchase_amount_cents, this.facts);
    const back = money(purchase.returned_cents, this.facts);
    const state = purchase.returned_cents ? text("brought_back", { money: back }) : "";
    const moment = when(purchase.purchased_at, store.timezone);
    const details = [
      nameOf(purchase),
      purchase.order_reference && moment,
      purchase.store === store.store_code ? "" : purchase.store_name,
    ];
    const button = element(
      "button",
      { type: "button", class: "choice", "data-value": purchase.id, "aria-disabled": left ? null : "true" },
      element(
        "span",
        {},
        element("b", { text: purchase.order_reference || moment, translate: "no" }),
        element("small", { text: details.filter(Boolean).join(", "), translate: "no" }),
      ),
      element(
        "span",
        { class: "choice-side" },
        element("b", { class: "num", text: amount }),
        element("small", { text: state }),
      ),
    );
    return element("li", {}, button);
  }

  /** @param {Purchase} purchase */
  choose(purchase) {
    this.purchase = purchase;
    this.cents = leftOf(purchase);
    this.isPreset = true;
    byId("return-of", HTMLElement).textContent = [purchase.order_reference, nameOf(purchase)]
      .filter(Boolean)
      .join(", ");
    byId("receipt-part", HTMLElement).hidden = true;
    byId("return-form", HTMLElement).hidden = false;
    byId("return-amount-title", HTMLElement).focus();
    this.quoteSoon(0);
  }

  /** @param {string} key  the first one begins anew: all that is left is only preset */
  press(key) {
    if (key === "enter") return this.submit();
    const before = this.isPreset && key !== "delete" ? 0 : this.cents;
    const after = key === "delete" ? Math.floor(before / 10) : Number(`${before}${key}`);
    this.isPreset = false;
    if (this.purchase && after <= this.purchase.purchase_amount_cents) this.cents = after;
    this.quoteSoon(PAUSE_MS);
  }

  /** A scanner has typed a code here: all that is left is preset again. */
  forgetKeys() {
    if (document.body.dataset.screen === "return" && this.purchase) this.choose(this.purchase);
  }

  /** @param {number} pause  milliseconds; meanwhile nothing can be confirmed */
  quoteSoon(pause) {
    clearTimeout(this.timer);
    this.asked += 1;
    this.button.disabled = true;
    writeFigure("return-amount", money(this.cents, this.facts));
    byId("return-says", HTMLElement).textContent = "";
    if (this.cents) this.timer = later(this.signal, pause, () => this.quote());
  }

  async quote() {
    const asked = ++this.asked;
    const body = { amount_cents: this.cents };
    let words;
    let isPossible = false;
    try {
      words = returnInWords(await this.api.post(`purchases/${this.purchase?.id}/return/quote/`, body));
      isPossible = true;
    } catch (error) {
      words = whyNot(error);
    }
    if (!this.isAwaited(asked)) return;
    byId("return-says", HTMLElement).textContent = words;
    this.button.disabled = !isPossible;
  }

  /** @param {number} asked  a question: the newest one, on this screen */
  isAwaited(asked) {
    return asked === this.asked && !this.signal.aborted;
  }

  submit() {
    if (this.button.disabled || !this.purchase) return;
    const reason = this.reason.value.trim() || text("return_reason");
    const detail = { purchase: this.purchase, cents: this.cents, reason };
    this.dispatchEvent(new CustomEvent("return", { detail }));
  }
}

/** @param {Purchase} purchase */
function leftOf(purchase) {
  return purchase.purchase_amount_cents - purchase.returned_cents;
}

/** @param {Purchase} purchase */
function nameOf(purchase) {
  return purchase.customer_name || cardTail(purchase.card_number);
}

/** @param {unknown} error */
function whyNot(error) {
  if (error instanceof NoAnswer) return text("needs_network");
  if (error instanceof Problem) return error.message;
  throw error;
}
