/** The code of an earlier card that nobody knows yet: the next card that is found or made gets it. */

import { NoAnswer, Problem } from "./api.js";
import { byId, element } from "./dom.js";
import { text } from "./texts.js";

/** @import { Choice, Result } from "./result.js" */
/** @import { Till } from "./till.js" */
/** @import { Card } from "./types.js" */

export class Attaching {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    this.code = "";
    /** @type {HTMLElement | null} */
    this.bar = null;
  }

  /**
   * Wait for the card that gets a code, and say so.
   *
   * @param {string} code
   */
  begin(code) {
    this.clear();
    this.code = code;
    const cancel = element("button", { type: "button", class: "btn", text: text("cancel") });
    cancel.addEventListener("click", () => this.clear());
    this.bar = element("div", { class: "attach-bar" }, element("p", { text: text("attach_hint", { code }), translate: "no" }), cancel);
    byId("find", HTMLFormElement).prepend(this.bar);
    this.till.toScan();
    this.till.announce(text("attach_hint", { code }));
  }

  /** No card gets it: it was another code, or somebody else is at the till. */
  clear() {
    this.bar?.remove();
    this.bar = null;
    this.code = "";
  }

  /**
   * @param {Card} card
   * @returns {Promise<Choice>}  replaced: something else is on the screen by now
   */
  async attach(card) {
    const { code } = this;
    this.clear();
    const { result, screens } = this.till;
    const { unlocked } = screens;
    const words = await this.ask(card, code);
    return unlocked.aborted ? "replaced" : result.show({ ...words, next: text("back") });
  }

  /**
   * @param {Card} card
   * @param {string} code
   * @returns {Promise<Result>}
   */
  async ask(card, code) {
    try {
      await this.till.api.post(`cards/${card.id}/codes/`, { code }, { key: crypto.randomUUID() });
      return { kind: "ok", title: text("code_attached"), detail: card.customer.name || card.card_number };
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
      const detail = error instanceof Problem ? error.document.detail : text("needs_network");
      return { kind: "bad", title: text("code_not_attached"), detail };
    }
  }
}
