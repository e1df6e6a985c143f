/**
 * Finding a card: by camera, by a USB scanner anywhere on the page, or by hand in the one field. A code or number
 * names one card; anything else is searched, and several matches are offered for choice.
 */

import { NoAnswer, Problem } from "./api.js";
import { byId, element } from "./dom.js";
import { openSheet } from "./sheet.js";
import { plural, text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Card, ProblemDocument } from "./types.js" */
/** @import { Scanner } from "./scanner.js" */

const MOST_MATCHES = 20;
const NAME = /^[^@\d+]+$/;

/** @type {ProblemDocument} */
const NOT_FOUND = { status: 404, code: "card_not_found", title: "", detail: "" };

/** What a card's QR code holds: letters that no keyboard layout changes. */
export const QR_TEXT = /^[BCDEFGHIJKLNOPRSTUVX]{30}$/i;

/**
 * @typedef {object} Found
 * @property {Card} [card]
 * @property {ProblemDocument} [problem]
 * @property {boolean} [unreachable]  nobody answered
 */

/** Dispatches "code" with what was typed by hand. */
export class ScanScreen extends EventTarget {
  /**
   * @param {Api} api
   * @param {Scanner} scanner
   */
  constructor(api, scanner) {
    super();
    this.api = api;
    this.scanner = scanner;
    this.query = byId("query", HTMLInputElement);
    this.cameraButton = byId("camera-button", HTMLButtonElement);
    this.cameraButton.addEventListener("click", () => this.startCamera());
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
   * The card that a code, number, e-mail, phone or name stands for; null if nobody chose one.
   *
   * @param {string} query
   * @returns {Promise<Found | null>}
   */
  async find(query) {
    if (NAME.test(query) && !QR_TEXT.test(query)) return this.search(query);
    try {
      return { card: await this.api.get("cards/lookup/", { q: query }) };
    } catch (error) {
      if (error instanceof NoAnswer) return { unreachable: true };
      if (!(error instanceof Problem)) throw error;
      if (error.code === "card_ambiguous" && error.document.matches)
        return this.choose(error.document.matches);
      if (error.code === "card_not_found") return this.search(query, error.document);
      return error.status >= 500 ? { unreachable: true } : { problem: error.document };
    }
  }

  /**
   * @param {string} query
   * @param {ProblemDocument} [notFound]  what to say if nothing is found this way either
   * @returns {Promise<Found | null>}
   */
  async search(query, notFound = NOT_FOUND) {
    try {
      const { results, count } = await this.api.get("cards/", { search: query, page_size: MOST_MATCHES });
      if (!results.length) return { problem: notFound };
      return results.length === 1 ? { card: results[0] } : this.choose(results, count > results.length);
    } catch (error) {
      if (error instanceof NoAnswer) return { unreachable: true };
      if (!(error instanceof Problem)) throw error;
      return error.status >= 500 ? { unreachable: true } : { problem: error.document };
    }
  }

  /**
   * @param {Card[]} cards
   * @param {boolean} [thereAreMore]
   * @returns {Promise<Found | null>}
   */
  async choose(cards, thereAreMore = false) {
    const sheet = byId("matches-sheet", HTMLDialogElement);
    byId("matches-note", HTMLElement).hidden = !thereAreMore;
    const choices = cards.map((card, index) => element("li", {}, choice(card, index)));
    byId("matches", HTMLElement).replaceChildren(...choices);
    const chosen = await openSheet(sheet);
    return chosen === null ? null : { card: cards[Number(chosen)] };
  }
}

/**
 * @param {Card} card
 * @param {number} index
 */
function choice(card, index) {
  const contact = card.customer.email ?? card.customer.phone ?? "";
  const state = card.is_active
    ? plural("stamps_and_points", card.stamp_count, { points: card.points_balance })
    : text("card_inactive");
  return element(
    "button",
    { type: "button", class: "choice", "data-value": index },
    element(
      "span",
      {},
      element("b", { text: card.customer.name || card.card_number }),
      element("small", { text: contact }),
    ),
    element(
      "span",
      { class: "choice-side" },
      element("span", { class: "num", text: card.card_number }),
      element("small", { text: state }),
    ),
  );
}
