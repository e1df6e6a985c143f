/** The till: leads from one screen to the next. Lock, scan, card, amount or enrol, result, and back to scan. */

import { Activity } from "./activity.js";
import { undoWithdrawn } from "./actions.js";
import { Api, NoAnswer, Problem } from "./api.js";
import { AmountScreen } from "./amount-screen.js";
import { CardView } from "./card-view.js";
import { Checkout } from "./checkout.js";
import { Connection } from "./connection.js";
import * as database from "./database.js";
import { byId } from "./dom.js";
import { EnrolScreen } from "./enrol-screen.js";
import { LockScreen } from "./lock-screen.js";
import { Outbox } from "./outbox.js";
import { QueueView } from "./queue-view.js";
import { ResultScreen } from "./result.js";
import { Scanner } from "./scanner.js";
import { ScanScreen } from "./scan-screen.js";
import { Session } from "./session.js";
import { play } from "./sound.js";
import { Screens } from "./state.js";
import { plural, text } from "./texts.js";

/** @import { Step } from "./checkout.js" */
/** @import { InHand } from "./card-view.js" */
/** @import { Addresses, Card, Entry, Facts, ProblemDocument, Transaction } from "./types.js" */

const CODE_OR_NUMBER = /^(?:[BCDEFGHIJKLNOPRSTUVX]{30}|\d{4}[ -]?\d{4}[ -]?\d{4})$/i;
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
    this.api = new Api(addresses.api.replace("STORE", facts.store_code), addresses.csrf_cookie, () => this.session.token);
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
    this.scanScreen = new ScanScreen(this.api, this.scanner);
    this.cardView = new CardView(facts);
    this.amountScreen = new AmountScreen(facts);
    this.enrolScreen = new EnrolScreen();
    const today = addresses.today.replace("STORE", facts.store_code);
    this.activity = new Activity(facts, this.api, this.outbox, today);
    this.queueView = new QueueView(facts, this.outbox, this.connection);
    /** @type {InHand} */
    this.inHand = { card: null, code: "", last: null };
    this.isFinding = false;
    /** @type {Entry | null}  what is sent as soon as somebody has unlocked */
    this.owed = null;
  }

  get needsPin() {
    return this.facts.program.require_staff_pin;
  }

  start() {
    this.listen();
    for (const part of [this.session, this.connection, this.outbox, this.activity, this.queueView]) part.start();
    if (this.needsPin && !this.session.staff) this.lock();
    else this.beginWork();
  }

  listen() {
    this.session.addEventListener("idle", () => this.onIdle());
    this.lockScreen.addEventListener("unlocked", (event) => this.onUnlocked(/** @type {CustomEvent} */ (event).detail));
    this.lockScreen.addEventListener("signed-out", () => this.showSignedOut());
    this.outbox.addEventListener("locked", (event) => this.onLockedOut(/** @type {CustomEvent} */ (event).detail));
    this.scanScreen.addEventListener("code", (event) => this.onCode(/** @type {CustomEvent} */ (event).detail));
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

  // --- Who is at the till ---

  lock() {
    this.closeDialogs();
    this.session.end();
    this.scanScreen.stopCamera();
    if (this.isShell && !this.connection.offline) return location.reload();
    this.drop();
    this.showStaff();
    this.lockScreen.open();
    this.screens.show("lock", this.lockScreen.focus);
  }

  /** @param {import("./session.js").Staff} staff */
  async onUnlocked(staff) {
    this.session.begin(staff);
    const { owed } = this;
    this.owed = null;
    const sending = owed && this.outbox.watch(owed);
    await this.outbox.resume(staff.token);
    this.beginWork();
    this.refreshFacts();
    if (sending) this.take(this.checkout.follow(sending));
  }

  beginWork() {
    this.showStaff();
    this.activity.refresh();
    this.toScan();
  }

  showStaff() {
    byId("lock-button", HTMLButtonElement).hidden = !this.session.staff;
    byId("staff-name", HTMLElement).textContent = this.session.staff?.name ?? "";
  }

  onIdle() {
    if (this.needsPin && this.screens.current !== "lock") this.lock();
    else if (!this.needsPin) this.toScan();
  }

  /**
   * The server wants a sign-in or a PIN, also for something that nobody waits for any more.
   *
   * @param {ProblemDocument} problem
   */
  onLockedOut(problem) {
    if (problem.code !== "staff_pin_required") return this.showSignedOut();
    if (!this.needsPin) return location.reload();
    if (this.screens.current !== "lock" && !this.checkout.isBusy) this.lock();
  }

  async showSignedOut() {
    const waiting = (await this.outbox.waiting()).length;
    const note = waiting ? plural("kept_here", waiting) : "";
    await this.result.show({ kind: "bad", icon: "lock", title: text("signed_out"), note, next: text("sign_in") });
    location.assign(this.addresses.sign_in + encodeURIComponent(location.pathname));
  }

  // --- Finding a card ---

  /** @param {string} code  scanned, or typed by hand */
  async onCode(code) {
    if (this.screens.current === "lock") return this.lockScreen.clear();
    if (this.checkout.isBusy || this.isFinding || !this.result.mayBeReplaced) return;
    this.closeDialogs();
    this.isFinding = true;
    const found = await this.scanScreen.find(code).finally(() => (this.isFinding = false));
    if (!found) return;
    if (found.card) return this.open(found.card);
    if (found.unreachable) return this.openUnseen(code);
    if (found.problem) await this.showNotFound(code, found.problem);
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
    if (!CODE_OR_NUMBER.test(code)) {
      await this.result.show({ kind: "bad", icon: "cloud-off", title: text("offline"), detail: text("offline_search"), next: text("back") });
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
      this.inHand.last = results.find((/** @type {Transaction} */ one) => one.can_void && one.store === this.facts.store_code) ?? null;
      this.cardView.drawActions();
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }

  /**
   * @param {string} code
   * @param {ProblemDocument} problem
   */
  async showNotFound(code, problem) {
    if (problem.status === 401) return this.showSignedOut();
    const isUnknown = problem.code === "card_not_found";
    const isByHand = !CODE_OR_NUMBER.test(code);
    const choice = await this.result.show({
      kind: "bad",
      title: isUnknown ? text("not_found") : text("not_found_so"),
      detail: isUnknown ? text(isByHand ? "not_found_by_hand" : "not_found_by_code") : problem.detail,
      note: code.length > 24 ? `${code.slice(0, 24)}…` : code,
      undo: isUnknown && isByHand ? text("new_customer") : null,
      next: text("next_customer"),
    });
    if (choice === "undo") this.toEnrol(code);
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
    if (!step) return;
    if (step.to === "scan") this.toScan();
    else if (step.to === "enrol") this.backToEnrol(step.problem);
    else if (step.to === "lock") this.toLock(step);
    else if (step.card) this.open(step.card);
    else if (this.inHand.card || this.inHand.code) await this.backToCard();
    else this.toScan();
    if (step.say) this.announce(step.say);
  }

  /** @param {Step} step */
  toLock({ owed, problem }) {
    if (problem && problem.code !== "staff_pin_required") return this.showSignedOut();
    this.owed = owed ?? null;
    this.lock();
    this.lockScreen.say(text(owed ? "pin_to_finish" : "pin_again"));
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

  /** Nobody's card is in hand. */
  drop() {
    this.inHand = { card: null, code: "", last: null };
  }

  closeDialogs() {
    this.result.close();
    for (const dialog of document.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (dialog).close();
  }

  onConnection() {
    if (this.isShell && !this.connection.offline && this.screens.current === "lock") location.reload();
    if (this.screens.current !== "card") return;
    this.cardView.isOffline = this.connection.offline;
    this.cardView.drawActions();
  }

  /** The program may have changed since the page was opened. */
  async refreshFacts() {
    try {
      const program = await this.api.get("program/");
      if (program.require_staff_pin !== this.needsPin) return location.reload();
      Object.assign(this.facts.program, program);
      await database.put("facts", this.facts);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }

  /** @param {string} words */
  announce(words) {
    byId("announcement", HTMLElement).textContent = words;
  }
}
