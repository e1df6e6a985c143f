/** The till: leads from one screen to the next. Lock, scan, card, amount, return or enrol, result, and back to scan. */

import { Activity } from "./activity.js";
import { undoWithdrawn } from "./actions.js";
import { Api } from "./api.js";
import { AmountPad } from "./amount-pad.js";
import { AmountScreen } from "./amount-screen.js";
import { CardView } from "./card-view.js";
import { Checkout } from "./checkout.js";
import { Connection } from "./connection.js";
import { Counter } from "./counter.js";
import { CustomerScreen } from "./customer-screen.js";
import { byId } from "./dom.js";
import { Faces } from "./faces.js";
import { Finder } from "./finder.js";
import { Guard } from "./guard.js";
import { LockScreen } from "./lock-screen.js";
import { Outbox } from "./outbox.js";
import { Parts } from "./parts.js";
import { QueueView } from "./queue-view.js";
import { ResultScreen } from "./result.js";
import { Scanner } from "./scanner.js";
import { ScanScreen } from "./scan-screen.js";
import { Session } from "./session.js";
import { REPLACED } from "./sheet.js";
import { Screens } from "./state.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Addresses, Facts, ProblemDocument, Refused, Step } from "./types.js" */

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
    this.connection = new Connection(this.api, isShell);
    this.outbox = new Outbox({
      api: this.api,
      store: facts.store_code,
      user: facts.user,
      staff: () => this.session.staff,
      isOffline: () => this.connection.offline,
      undo: undoWithdrawn,
    });
    this.faces = new Faces(`${facts.store_code}:${facts.user}:${facts.till}`);
    this.screens = new Screens();
    this.parts = new Parts(this);
    this.result = new ResultScreen();
    this.customerScreen = new CustomerScreen(this);
    /** @type {InHand} */
    this.inHand = { card: null, code: "", last: null };
    this.checkout = new Checkout(this);
    this.lockScreen = new LockScreen(facts, this.api);
    this.scanner = new Scanner(byId("camera", HTMLVideoElement), (code) => this.onPicture(code));
    this.scanScreen = new ScanScreen(facts, this.api, this.scanner);
    this.cardView = new CardView(facts);
    this.amountPad = new AmountPad(facts, this.api, this.cardView);
    this.amountScreen = new AmountScreen(facts, this.api);
    this.activity = new Activity(
      facts,
      this.api,
      this.outbox,
      addresses.today.replace("STORE", facts.store_code),
    );
    this.queueView = new QueueView(facts, this.outbox, this.connection, this.screens);
    this.counter = new Counter(this);
    this.finder = new Finder(this);
    this.guard = new Guard(this);
  }

  /** Somebody is at the till: what they do from now on is theirs. */
  begin() {
    this.screens.unlock();
    this.finder.attaching.clear();
    this.checkout = new Checkout(this);
  }

  start() {
    this.listen();
    const { session, connection, faces, outbox, activity, queueView, counter, customerScreen, guard, parts } = this;
    const all = [session, connection, faces, outbox, activity, queueView, counter, customerScreen, guard, parts];
    for (const one of all) one.start();
  }

  listen() {
    this.outbox.addEventListener("settled", (event) => {
      const { posting } = /** @type {CustomEvent} */ (event).detail;
      if (posting) this.faces.remember(posting.card);
    });
    this.scanScreen.addEventListener("code", (event) => {
      this.finder.onCode(/** @type {CustomEvent} */ (event).detail, true);
    });
    this.cardView.addEventListener("recheck", () => this.finder.reopen());
    this.connection.addEventListener("change", () => this.onConnection());
    this.queueView.addEventListener("mend", (event) => {
      this.mend(/** @type {CustomEvent} */ (event).detail);
    });
    this.amountPad.addEventListener("buy", () => this.buy());
    this.amountScreen.addEventListener("amount", (event) => {
      const { cents, reference } = /** @type {CustomEvent} */ (event).detail;
      this.take(this.checkout.buy(this.inHand, cents, reference));
    });
  }

  // --- From screen to screen ---

  /** @param {InHand} inHand */
  hold(inHand) {
    if (!this.screens.show("card")) return;
    this.inHand = inHand;
    this.customerScreen.showCard(inHand);
    this.scanner.pause();
    this.cardView.show(inHand, this.connection.offline, this.screens.signal);
    this.cardView.usualButton.focus({ preventScroll: true });
    this.announce(inHand.card?.customer.name ?? "");
  }

  /** @param {Refused} refused */
  async mend(refused) {
    const { checkout } = this;
    const { unlocked } = this.screens;
    const sheet = await this.parts.bringMendSheet();
    const action = await sheet.open(refused, unlocked);
    if (action) this.take(checkout.perform(action));
  }

  /**
   * Go where an action leads.
   *
   * @param {Promise<Step | null>} working
   */
  async take(working) {
    const step = await working;
    if (!step) return;
    if (step.to === "scan") this.toScan(step.isWatched);
    else if (step.to === "enrol") this.backToEnrol(step.problem);
    else if (step.to === "lock") this.guard.lockFor(step.pending, step.problem);
    else if (step.card) this.finder.open(step.card);
    else if (this.isHolding) await this.backToCard();
    else this.toScan();
    if (step.say) this.announce(step.say);
  }

  /** @param {boolean} [isWatched]  nobody has touched the result: who was served may look until the next one comes */
  toScan(isWatched = false) {
    if (this.screens.isLocked) return;
    if (!isWatched) this.customerScreen.clear();
    this.closeDialogs();
    this.drop();
    this.scanScreen.clear();
    this.screens.show("scan");
    this.scanner.resume();
    this.scanScreen.startCamera();
  }

  async backToCard() {
    this.toCard();
    await this.finder.reopen();
  }

  /** The card in hand comes on again as it was. */
  toCard() {
    if (!this.screens.show("card", this.cardView.usualButton)) return;
    this.cardView.resume(this.screens.signal);
  }

  /** What was typed on the card is booked; without an amount, or the receipt that it needs, they are asked for. */
  buy() {
    const { cents } = this.amountPad;
    if (!cents || this.amountScreen.needsReference) return this.toAmount(cents);
    if (this.checkout.isBusy) return;
    this.amountPad.clear();
    this.take(this.checkout.buy(this.inHand, cents, ""));
  }

  /** @param {number} [cents]  that were typed already */
  toAmount(cents = 0) {
    if (!this.cardView.mayBuy || this.checkout.isBusy) return;
    if (!this.screens.show("amount", byId("amount-title", HTMLElement))) return;
    this.amountPad.clear();
    this.amountScreen.open(this.inHand.card, cents, this.screens.signal);
  }

  /** Of the card in hand, if there is one; else by the receipt's number. */
  async toReturn() {
    const { signal } = this.screens;
    const returnScreen = await this.parts.bringReturnScreen();
    const focus = byId("return-title", HTMLElement);
    if (signal.aborted || this.checkout.isBusy || !this.screens.show("return", focus)) return;
    this.scanner.pause();
    returnScreen.open(this.inHand.card, this.screens.signal);
  }

  /**
   * A USB scanner was used: where a receipt is looked for, it has read one.
   *
   * @param {string} code
   */
  onScan(code) {
    const { mendSheet, checkSheet, returnScreen } = this.parts;
    if (this.amountScreen.takesReceipt(code)) return;
    for (const one of [this.amountPad, this.amountScreen, returnScreen]) one?.forgetKeys(); // its digits are none
    if (mendSheet?.isOpen) mendSheet.onCode(code);
    else if (checkSheet?.isOpen) checkSheet.onCode();
    else if (this.screens.current === "return" && !returnScreen?.purchase) returnScreen?.find(code);
    else this.finder.onCode(code);
  }

  /**
   * The camera has read a code: beneath a sheet that asks for one, or tries it out, it opens no card.
   *
   * @param {string} code
   */
  onPicture(code) {
    const { mendSheet, checkSheet } = this.parts;
    if (mendSheet?.isOpen) mendSheet.onCode(code);
    else if (!checkSheet?.isOpen) this.finder.onCode(code);
  }

  async toCheck() {
    const { unlocked } = this.screens;
    const checkSheet = await this.parts.bringCheckSheet();
    if (!unlocked.aborted) await checkSheet.open(unlocked);
  }

  /** @param {string} [typed] */
  async toEnrol(typed = "") {
    const { signal } = this.screens;
    const enrolScreen = await this.parts.bringEnrolScreen();
    const focus = byId("enrol-name", HTMLInputElement);
    if (signal.aborted || this.checkout.isBusy || !this.screens.show("enrol", focus)) return;
    this.scanner.pause();
    enrolScreen.open(typed);
  }

  /** @param {ProblemDocument} [problem] */
  backToEnrol(problem) {
    this.screens.show("enrol", byId("enrol-title", HTMLElement));
    if (problem) this.parts.enrolScreen?.showProblem(problem);
  }

  /** One step back, as Escape does it; what is under way leads on by itself. */
  back() {
    const { current } = this.screens;
    const { returnScreen } = this.parts;
    if (document.body.dataset.side) delete document.body.dataset.side;
    else if (this.checkout.isBusy) return;
    else if (current === "return" && returnScreen?.purchase) returnScreen.leavePurchase();
    else if (current === "amount" || (current === "return" && this.isHolding)) this.toCard();
    else if (current === "return" || current === "card" || current === "enrol") this.toScan();
  }

  get isHolding() {
    return this.inHand.card !== null || this.inHand.code !== "";
  }

  /** Nobody's card is in hand. */
  drop() {
    this.parts.returnScreen?.clear();
    this.amountPad.clear();
    this.inHand = { card: null, code: "", last: null };
  }

  closeDialogs() {
    this.result.close();
    for (const dialog of document.querySelectorAll("dialog[open]"))
      /** @type {HTMLDialogElement} */ (dialog).close(REPLACED);
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
