/** From a code or a few letters to the card in hand: an answer counts only on the screen that asked. */

import { NoAnswer, Problem } from "./api.js";
import { Attaching } from "./attaching.js";
import { isCodeOrNumber, isMistyped } from "./card-codes.js";
import * as database from "./database.js";
import { play } from "./sound.js";
import { text } from "./texts.js";

/** @import { Till } from "./till.js" */
/** @import { Card, ProblemDocument, Transaction, TransactionPage } from "./types.js" */

const VOIDABLE_SHOWN = 10;

export class Finder {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    this.attaching = new Attaching(till);
    /** @type {AbortSignal | null}  of the screen that asks just now */
    this.asking = null;
  }

  get isFinding() {
    return this.asking !== null && !this.asking.aborted;
  }

  /** Whether what is on the screen has to be done with first. */
  get isBlocked() {
    return this.till.checkout.isBusy || !this.till.result.mayBeReplaced;
  }

  /**
   * @param {string} code  scanned, or typed
   * @param {boolean} [byHand]
   */
  async onCode(code, byHand = false) {
    const { till } = this;
    if (till.screens.isLocked) return till.lockScreen.onCode(code);
    if (this.isBlocked || this.isFinding) return;
    till.customerScreen.clear();
    till.closeDialogs();
    const { signal } = till.screens;
    const found = await this.ask(code, signal);
    if (signal.aborted || this.isBlocked) return;
    till.closeDialogs();
    if (found.unreachable) return this.openUnseen(code, signal, byHand);
    if (found.problem) return this.showNotFound(code, found.problem, byHand);
    const { card = null, matches, thereAreMore = false } = found;
    const chosen = matches ? await till.scanScreen.choose(matches, thereAreMore, signal) : card;
    const isOfCard = card && (!byHand || isCodeOrNumber(code)); // not what somebody is called
    if (chosen && !signal.aborted) this.open(chosen, isOfCard ? code : "");
  }

  /**
   * @param {string} code
   * @param {AbortSignal} signal  of the screen that asks
   */
  async ask(code, signal) {
    this.asking = signal;
    document.body.toggleAttribute("data-busy", true);
    return this.till.scanScreen.find(code).finally(() => {
      if (this.asking !== signal) return;
      this.asking = null;
      if (!signal.aborted) document.body.toggleAttribute("data-busy", this.till.checkout.isBusy);
    });
  }

  /**
   * @param {Card} card
   * @param {string} [code]  by which it was found
   */
  open(card, code = "") {
    play("scan");
    this.till.scanScreen.clear();
    this.till.hold({ card, code: "", last: null });
    this.till.faces.remember(card, code);
    this.findLast(card);
    if (this.attaching.code) this.attaching.attach(card);
  }

  /**
   * Without a network a code or number is enough to give stamps and points: the card is found when they are sent; that
   * of an earlier card, if it has been read here in the last days. What can be known of it here is its face, and what
   * waits for it.
   *
   * @param {string} code
   * @param {AbortSignal} signal  of the screen that asks
   * @param {boolean} [byHand]
   */
  async openUnseen(code, signal, byHand = false) {
    const { facts, faces, outbox, result, scanScreen } = this.till;
    const face = database.isKept() ? await faces.find(code) : null;
    const refusal = face ? null : whyNotUnseen(code, byHand);
    if (signal.aborted) return;
    if (refusal) {
      const [title, detail] = refusal.map((key) => text(key));
      await result.show({ kind: "bad", icon: "cloud-off", title, detail, note: code, next: text("back") });
      return;
    }
    const [waiting, { mayStampUnseen, stampsWaiting }] = await Promise.all([
      outbox.waiting(),
      import("./limits.js"),
    ]);
    if (signal.aborted) return;
    const unseen = { code, face };
    const canStamp = mayStampUnseen(unseen, waiting, facts.program, facts.store.timezone);
    const noted = stampsWaiting(unseen, waiting, facts.program);
    scanScreen.clear();
    this.till.hold({ card: null, last: null, ...unseen, canStamp, noted });
  }

  /**
   * What can be undone, newest first; the card is on the screen before that is known.
   *
   * @param {Card} card
   */
  async findLast(card) {
    const { api, facts, inHand, cardView } = this.till;
    try {
      /** @type {TransactionPage} */
      const { results } = await api.get(`cards/${card.id}/transactions/`, { page_size: VOIDABLE_SHOWN });
      if (this.till.inHand !== inHand) return;
      /** @type {(one: Transaction) => boolean} */
      const canUndo = (one) => one.can_void && one.store === facts.store_code;
      inHand.last = results.find(canUndo) ?? null;
      cardView.drawActions();
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }

  /**
   * What was typed stays in the field, to be mended.
   *
   * @param {string} code
   * @param {ProblemDocument} problem
   * @param {boolean} byHand
   */
  async showNotFound(code, problem, byHand) {
    const { till } = this;
    if (problem.status === 401) return till.guard.showSignedOut();
    // A scanner makes no slips: twelve digits of no card of ours may be those of an earlier one
    const isUnknown = problem.code === "card_not_found" || (!byHand && problem.code === "card_number_mistyped");
    const choice = await till.result.show({
      kind: "bad",
      title: text(isUnknown ? "not_found" : "not_found_so"),
      detail: isUnknown ? text(byHand ? "not_found_by_hand" : "not_found_by_code") : problem.detail,
      note: code.length > 24 ? `${code.slice(0, 24)}…` : code,
      undo: isUnknown ? this.wayOut(code, byHand) : null,
      undoIcon: byHand ? "person-plus" : "plus",
      next: text(byHand ? "back" : "next_customer"),
    });
    if (choice === "replaced") return;
    if (choice === "undo" && byHand) till.toEnrol(code);
    else if (choice === "undo") this.attaching.begin(code);
    else if (byHand) till.scanScreen.query.select();
    else till.toScan();
  }

  /**
   * What can be done about a code that nobody knows: one that is none of ours may stand on an earlier card.
   *
   * @param {string} code
   * @param {boolean} byHand
   */
  wayOut(code, byHand) {
    if (byHand) return text("new_customer");
    return isCodeOrNumber(code) ? null : text("attach_code");
  }

  /** Ask for the card in hand again. */
  async reopen() {
    const { api, inHand, screens } = this.till;
    const { signal } = screens;
    const { card, code } = inHand;
    if (!card) return code ? this.openUnseen(code, signal) : this.till.toScan();
    try {
      /** @type {Card} */
      const fresh = await api.get(`cards/${card.id}/`);
      if (!signal.aborted) this.open(fresh);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }
}

/**
 * @param {string} code
 * @param {boolean} byHand
 * @returns {[title: string, detail: string] | null}
 */
function whyNotUnseen(code, byHand) {
  if (!database.isKept()) return ["offline", "offline_unkept"];
  if (byHand && isMistyped(code)) return ["mistyped", "mistyped_offline"];
  return isCodeOrNumber(code) ? null : ["offline", byHand ? "offline_search" : "offline_earlier"];
}
