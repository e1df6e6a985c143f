/**
 * The amount of a purchase while it is typed: it fills up from the right, and what it gives at least is reckoned here at
 * once, and a moment later as the server would give it, promotions included, if it answers.
 */

import { NoAnswer, Problem } from "./api.js";
import { money, pointsFor } from "./format.js";
import { later } from "./state.js";
import { plural, text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Card, Facts } from "./types.js" */

const PAUSE_MS = 300;

export class TypedAmount {
  /**
   * @param {Facts} facts
   * @param {Api} api
   * @param {(words: string) => void} say  what it gives
   */
  constructor(facts, api, say) {
    this.facts = facts;
    this.api = api;
    this.say = say;
    this.cents = 0;
    this.timer = 0;
  }

  get inWords() {
    return money(this.cents, this.facts);
  }

  /** @param {string} key  "0" to "9", "00" or "delete" */
  press(key) {
    const shifted = key === "delete" ? Math.floor(this.cents / 10) : Number(`${this.cents}${key}`);
    if (shifted <= this.facts.program.largest_purchase_cents) this.cents = shifted;
  }

  /** What the server was asked for before does not count any more. */
  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  /**
   * Say what it gives.
   *
   * @param {Card | null} card  whose purchase it is, if it could be loaded
   * @param {string | null} reference  of the receipt, empty for none; null while one is missing that has to be there
   * @param {AbortSignal} signal  of the screen: nothing is asked for after it
   */
  tell(card, reference, signal) {
    const { program, currency_digits: digits } = this.facts;
    const isTooLittle = this.cents > 0 && this.cents < program.minimum_purchase_cents;
    const points = pointsFor(this.cents, program.points_per_euro, digits);
    const minimum = money(program.minimum_purchase_cents, this.facts);
    this.say(
      isTooLittle
        ? text("minimum_purchase", { money: minimum })
        : text(program.has_promotions ? "gives_at_least" : "gives", { what: plural("points", points) }),
    );
    this.stop();
    if (!card || !this.cents || isTooLittle || reference === null) return;
    this.timer = later(signal, PAUSE_MS, () => this.quote(card, reference, signal));
  }

  /**
   * What the server says counts only for what stands there still; without an answer, what is there will do.
   *
   * @param {Card} card
   * @param {string} reference
   * @param {AbortSignal} signal
   */
  async quote(card, reference, signal) {
    const { cents, timer } = this;
    const body = { purchase_amount_cents: cents, ...(reference && { order_reference: reference }) };
    try {
      const quote = await this.api.post(`cards/${card.id}/purchases/quote/`, body);
      const { quoteInWords } = await import("./purchase-words.js");
      if (timer === this.timer && !signal.aborted) this.say(quoteInWords(quote));
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }
}
