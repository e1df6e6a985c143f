/** The till: leads from one screen to the next. Lock, scan, card, amount or enrol, result, and back to scan. */

import { Activity } from "./activity.js";
import { undoWithdrawn } from "./actions.js";
import { Api, NoAnswer, Problem } from "./api.js";
import { AmountScreen } from "./amount-screen.js";
import { CardView } from "./card-view.js";
import { Checkout } from "./checkout.js";
import { Connection } from "./connection.js";
import { byId } from "./dom.js";
import { EnrolScreen } from "./enrol-screen.js";
import { Guard } from "./guard.js";
import { LockScreen } from "./lock-screen.js";
import { Outbox } from "./outbox.js";
import { QueueView } from "./queue-view.js";
import { ResultScreen } from "./result.js";
import { Scanner } from "./scanner.js";
import { isCodeOrNumber, ScanScreen } from "./scan-screen.js";
import { Session } from "./session.js";
import { play } from "./sound.js";
import { Screens } from "./state.js";
import { text } from "./texts.js";

/** @import { Step } from "./checkout.js" */
/** @import { InHand } from "./card-view.js" */
/** @import { Addresses, Card, Facts, ProblemDocument, Transaction } from "./types.js" */

const VOIDABLE_SHOWN = 10;

export class Till {
  /**
   * @param {Facts} facts
   * @param {Addresses} addresses
   * @param {boolean} isShell  opened without a network: the chooser is not on the page
   */
  constructor(facts, addresses, isShell) {
    this.facts = facts;
    this.addresses = addresses;
    this.isShell = isShell;
    this.session = new Session(facts.store_code, facts.idle_seconds);
    this.api = new Api(
      addresses.api.replace("STORE", facts.store_code),
      addresses.csrf_cookie,
      () => this.session.token,
    );
    this.connection = new Connection(this.api);
    this.outbox = new Outbox({
      api: this.api,
      store: facts.store_code,
      user: facts.user,
      staff: () => this.session.staff,
      isOffline: () => this.connection.offline,
      undo: undoWithdrawn,
    });
    this.screens = new Screens();
    this.result = new ResultScreen();
    this.checkout = new Checkout(facts, this.outbox, this.connection, this.result);
    this.lockScreen = new LockScreen(facts, this.api);
    this.scanner = new Scanner(byId("camera", HTMLVideoElement), (code) => this.onCode(code));
    this.scanScreen = new ScanScreen(facts, this.api, this.scanner);
    this.cardView = new CardView(facts);
    this.amountScreen = new AmountScreen(facts);
    this.enrolScreen = new EnrolScreen();
    this.activity = new Activity(
      facts,
      this.api,
      this.outbox,
      addresses.today.replace("STORE", facts.store_code),
    );
    this.queueView = new QueueView(facts, this.outbox, this.connection);
    /** @type {InHand} */
    this.inHand = { card: null, code: "", last: null };
    this.isFinding = false;
    this.guard = new Guard(this);
  }

  get isLocked() {
    return this.screens.current === "lock";
  }

  start() {
    this.listen();
    const { session, connection, outbox, activity, queueView, guard } = this;
    for (const part of [session, connection, outbox, activity, queueView, guard]) part.start();
  }

  listen() {
    this.scanScreen.addEventListener("code", (event) => {
      this.onCode(/** @type {CustomEvent} */ (event).detail, true);
    });
    this.cardView.addEventListener("recheck", () => this.reopen());
    this.connection.addEventListener("change", () => this.onConnection());
    this.amountScreen.addEventListener("amount", (event) => {
      const { cents, reference } = /** @type {CustomEvent} */ (event).detail;
      this.take(this.checkout.earn(this.inHand, cents, reference));
    });
    this.enrolScreen.addEventListener("enrol", (event) => {
      this.take(this.checkout.enrol(/** @type {CustomEvent} */ (event).detail));
    });
  }

  // --- Finding a card ---

  /**
   * @param {string} code  scanned, or typed
   * @param {boolean} [byHand]
   */
  async onCode(code, byHand = false) {
    if (this.isLocked) return this.lockScreen.clear();
    if (this.checkout.isBusy || this.isFinding || !this.result.mayBeReplaced) return;
    this.closeDialogs();
    this.setFinding(true);
    const found = await this.scanScreen.find(code).finally(() => this.setFinding(false));
    if (this.isLocked) return;
    if (found.unreachable) return this.openUnseen(code);
    if (found.problem) return this.showNotFound(code, found.problem, byHand);
    const card = found.matches ? await this.scanScreen.choose(found.matches, found.thereAreMore) : found.card;
    if (card) this.open(card);
  }

  /** @param {Card} card */
  open(card) {
    play("scan");
    this.scanScreen.clear();
    this.hold({ card, code: "", last: null });
    this.findLast(card);
  }

  /**
   * Without a network a code or number is enough to give stamps and points: the card is found when they are sent.
   *
   * @param {string} code
   */
  async openUnseen(code) {
    if (!isCodeOrNumber(code)) {
      await this.result.show({
        kind: "bad",
        icon: "cloud-off",
        title: text("offline"),
        detail: text("offline_search"),
        next: text("back"),
      });
      return;
    }
    this.scanScreen.clear();
    this.hold({ card: null, code, last: null });
  }

  /** @param {InHand} inHand */
  hold(inHand) {
    this.inHand = inHand;
    this.scanner.pause();
    this.cardView.show(inHand, this.connection.offline);
    this.screens.show("card", this.cardView.usualButton);
    this.announce(inHand.card?.customer.name ?? "");
  }

  /**
   * What can be undone, newest first; the card is on the screen before that is known.
   *
   * @param {Card} card
   */
  async findLast(card) {
    try {
      const { results } = await this.api.get(`cards/${card.id}/transactions/`, { page_size: VOIDABLE_SHOWN });
      if (this.inHand.card?.id !== card.id) return;
      /** @type {(one: Transaction) => boolean} */
      const canUndo = (one) => one.can_void && one.store === this.facts.store_code;
      this.inHand.last = results.find(canUndo) ?? null;
      this.cardView.drawActions();
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
    if (problem.status === 401) return this.guard.showSignedOut();
    const isUnknown = problem.code === "card_not_found";
    const choice = await this.result.show({
      kind: "bad",
      title: text(isUnknown ? "not_found" : "not_found_so"),
      detail: isUnknown ? text(byHand ? "not_found_by_hand" : "not_found_by_code") : problem.detail,
      note: code.length > 24 ? `${code.slice(0, 24)}…` : code,
      undo: isUnknown && byHand ? text("new_customer") : null,
      undoIcon: "person-plus",
      next: text(byHand ? "back" : "next_customer"),
    });
    if (choice === "replaced") return;
    if (choice === "undo") this.toEnrol(code);
    else if (byHand) this.scanScreen.query.select();
    else this.toScan();
  }

  /** Ask for the card in hand again. */
  async reopen() {
    const { card, code } = this.inHand;
    if (!card) return code ? this.openUnseen(code) : this.toScan();
    try {
      const fresh = await this.api.get(`cards/${card.id}/`);
      if (this.screens.current === "card" && this.inHand.card?.id === card.id) this.open(fresh);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }

  // --- From screen to screen ---

  /**
   * Go where an action leads.
   *
   * @param {Promise<Step | null>} working
   */
  async take(working) {
    const step = await working;
    if (!step || (this.isLocked && step.to !== "lock")) return;
    if (step.to === "scan") this.toScan();
    else if (step.to === "enrol") this.backToEnrol(step.problem);
    else if (step.to === "lock") this.guard.lockFor(step.owed, step.problem);
    else if (step.card) this.open(step.card);
    else if (this.inHand.card || this.inHand.code) await this.backToCard();
    else this.toScan();
    if (step.say) this.announce(step.say);
  }

  toScan() {
    this.closeDialogs();
    this.drop();
    this.scanScreen.clear();
    this.screens.show("scan");
    this.scanner.resume();
    this.scanScreen.startCamera();
  }

  async backToCard() {
    this.screens.show("card", this.cardView.usualButton);
    await this.reopen();
  }

  toAmount() {
    this.amountScreen.open();
    this.screens.show("amount", byId("amount-title", HTMLElement));
  }

  /** @param {string} [typed] */
  toEnrol(typed = "") {
    this.scanner.pause();
    this.enrolScreen.open(typed);
    this.screens.show("enrol", byId("enrol-name", HTMLInputElement));
  }

  /** @param {ProblemDocument} [problem] */
  backToEnrol(problem) {
    this.screens.show("enrol", byId("enrol-title", HTMLElement));
    if (problem) this.enrolScreen.showProblem(problem);
  }

  /** One step back, as Escape does it. */
  back() {
    const { current } = this.screens;
    if (document.body.dataset.side) delete document.body.dataset.side;
    else if (current === "amount") this.screens.show("card", this.cardView.usualButton);
    else if (current === "card" || current === "enrol") this.toScan();
  }

  /** @param {boolean} isFinding */
  setFinding(isFinding) {
    this.isFinding = isFinding;
    document.body.toggleAttribute("data-busy", isFinding);
  }

  /** Nobody's card is in hand. */
  drop() {
    this.inHand = { card: null, code: "", last: null };
  }

  closeDialogs() {
    this.result.close();
    for (const dialog of document.querySelectorAll("dialog[open]"))
      /** @type {HTMLDialogElement} */ (dialog).close();
  }

  onConnection() {
    if (this.screens.current !== "card") return;
    this.cardView.isOffline = this.connection.offline;
    this.cardView.drawActions();
  }

  /** @param {string} words */
  announce(words) {
    byId("announcement", HTMLElement).textContent = words;
  }
}
