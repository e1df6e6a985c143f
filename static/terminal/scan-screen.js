/**
 * Finding a card: by camera, by a USB scanner anywhere on the page, or by hand in the one field. A code or number
 * names one card; anything else is searched, and several matches are offered for choice.
 */

import { NoAnswer, Problem } from "./api.js";
import { isQrText } from "./card-codes.js";
import { byId, element } from "./dom.js";
import { balances } from "./format.js";
import { openSheet } from "./sheet.js";
import { text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Card, CardPage, Facts, ProblemDocument } from "./types.js" */
/** @import { Scanner } from "./scanner.js" */

const MOST_MATCHES = 20;
const NAME = /^[^@\d+]+$/;

/** @type {ProblemDocument} */
const NOT_FOUND = { status: 404, code: "card_not_found", title: "", detail: "" };

/**
 * @typedef {object} Found
 * @property {Card} [card]
 * @property {Card[]} [matches]  several fit
 * @property {boolean} [thereAreMore]  than these matches
 * @property {ProblemDocument} [problem]
 * @property {boolean} [unreachable]  nobody answered
 */

/** Dispatches "code" with what was typed by hand. */
export class ScanScreen extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   * @param {Scanner} scanner
   */
  constructor(facts, api, scanner) {
    super();
    this.facts = facts;
    this.api = api;
    this.scanner = scanner;
    this.query = byId("query", HTMLInputElement);
    this.cameraButton = byId("camera-button", HTMLButtonElement);
    this.cameraButton.addEventListener("click", () => this.startCamera());
    scanner.onLost = () => this.showCamera(false, text("camera_off"));
    byId("find", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = this.query.value.trim();
      if (typed) this.dispatchEvent(new CustomEvent("code", { detail: typed }));
    });
  }

  /** Whatever was typed is done with. */
  clear() {
    this.query.value = "";
  }

  async startCamera() {
    try {
      await this.scanner.start();
      this.showCamera(true, text("scan_hint"));
      if (!(await this.scanner.canRead) && this.scanner.isOn) this.showCamera(true, text("cannot_read"));
    } catch (error) {
      const hasNone =
        error instanceof DOMException && ["NotFoundError", "NotSupportedError"].includes(error.name);
      this.showCamera(false, text(hasNone ? "no_camera" : "camera_off"));
      this.cameraButton.hidden = hasNone;
    }
  }

  stopCamera() {
    this.scanner.stop();
  }

  /**
   * @param {boolean} isOn
   * @param {string} hint
   */
  showCamera(isOn, hint) {
    byId("view", HTMLElement).classList.toggle("dark", !isOn);
    byId("scan-hint", HTMLElement).textContent = hint;
    this.cameraButton.hidden = isOn;
  }

  /**
   * The card that a code, number, e-mail, phone or name stands for, or those that may be meant.
   *
   * @param {string} query
   * @returns {Promise<Found>}
   */
  async find(query) {
    if (NAME.test(query) && !isQrText(query)) return this.search(query);
    try {
      return { card: await this.api.get("cards/lookup/", { q: query }) };
    } catch (error) {
      if (error instanceof NoAnswer) return { unreachable: true };
      if (!(error instanceof Problem)) throw error;
      if (error.code === "card_ambiguous") return { matches: error.document.matches ?? [] };
      if (error.code === "card_not_found") return this.search(query, error.document);
      return error.status >= 500 ? { unreachable: true } : { problem: error.document };
    }
  }

  /**
   * @param {string} query
   * @param {ProblemDocument} [notFound]  what to say if nothing is found this way either
   * @returns {Promise<Found>}
   */
  async search(query, notFound = NOT_FOUND) {
    try {
      /** @type {CardPage} */
      const { results, count } = await this.api.get("cards/", { search: query, page_size: MOST_MATCHES });
      if (!results.length) return { problem: notFound };
      if (results.length === 1 && isAsTyped(results[0], query)) return { card: results[0] };
      return { matches: results, thereAreMore: count > results.length };
    } catch (error) {
      if (error instanceof NoAnswer) return { unreachable: true };
      if (!(error instanceof Problem)) throw error;
      return error.status >= 500 ? { unreachable: true } : { problem: error.document };
    }
  }

  /**
   * Offer several cards for choice.
   *
   * @param {Card[]} cards
   * @param {boolean} thereAreMore
   * @param {AbortSignal} signal  of the screen that asked
   * @returns {Promise<Card | null>}  null if nobody chose one
   */
  async choose(cards, thereAreMore, signal) {
    byId("matches-note", HTMLElement).hidden = !thereAreMore;
    const choices = cards.map((card, index) => element("li", {}, choice(card, index, this.facts)));
    byId("matches", HTMLElement).replaceChildren(...choices);
    const chosen = await openSheet(byId("matches-sheet", HTMLDialogElement), signal);
    return chosen === null ? null : cards[Number(chosen)];
  }
}

/**
 * @param {Card} card
 * @param {number} index
 * @param {Facts} facts
 */
function choice(card, index, facts) {
  const contact = card.customer.email ?? card.customer.phone ?? "";
  const state = card.is_active ? balances(card, facts) : text("card_inactive");
  return element(
    "button",
    { type: "button", class: "choice", "data-value": index, autofocus: index === 0 },
    element(
      "span",
      {},
      element("b", { text: card.customer.name || card.card_number, translate: "no" }),
      element("small", { text: contact, translate: "no" }),
    ),
    element(
      "span",
      { class: "choice-side" },
      element("span", { class: "num", text: card.card_number, translate: "no" }),
      element("small", { text: state }),
    ),
  );
}

/**
 * Whether a card was found by what was typed, and not in spite of a slip: that is asked about.
 *
 * @param {Card} card
 * @param {string} query
 */
function isAsTyped(card, query) {
  const known = plain(`${card.customer.name} ${card.customer.email ?? ""}`);
  const words = plain(query).split(/\s+/);
  return !NAME.test(query) || words.every((word) => known.includes(word));
}

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, "");
}

