/** Who is at the till: locks and unlocks it, and sends people to sign in, or to enter a code. */

import * as database from "./database.js";
import { NoAnswer, Problem } from "./api.js";
import { byId } from "./dom.js";
import { isShown } from "./strips.js";
import { plural, text } from "./texts.js";

/** @import { Staff } from "./session.js" */
/** @import { Till } from "./till.js" */
/** @import { Entry, Outcome, ProblemDocument, Program } from "./types.js" */

export class Guard {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    /** @type {Entry | null}  what is sent as soon as somebody has unlocked */
    this.pending = null;
    /** @type {{staffId: number, form: FormData} | null}  a new customer that somebody was typing when it locked */
    this.typed = null;
  }

  get needsPin() {
    return this.till.facts.program.require_staff_pin;
  }

  start() {
    const { session, lockScreen, outbox, connection } = this.till;
    session.addEventListener("idle", () => this.onIdle());
    lockScreen.addEventListener("unlocked", (event) =>
      this.onUnlocked(/** @type {CustomEvent} */ (event).detail),
    );
    lockScreen.addEventListener("locked-out", () => this.till.faces.giveUp());
    lockScreen.addEventListener("signed-out", () => this.showSignedOut());
    outbox.addEventListener("locked", (event) => this.onLockedOut(/** @type {CustomEvent} */ (event).detail));
    connection.addEventListener("change", () => this.leaveShell());
    if (this.needsPin && !session.staff) this.lock();
    else this.beginWork();
  }

  /** @param {string} [why]  a sentence for the person who has to type their PIN */
  lock(why = "") {
    const { till } = this;
    this.keepTyped();
    till.customerScreen.clear();
    till.closeDialogs();
    till.session.end();
    till.outbox.stopWatching();
    till.scanScreen.stopCamera();
    till.scanner.pause();
    till.drop();
    till.announce("");
    this.showStaff();
    till.lockScreen.open();
    till.lockScreen.say(why);
    till.screens.show("lock", till.lockScreen.focus);
    this.leaveShell();
    this.handOver();
  }

  /** A newer version takes over when nobody is at work and nothing waits for their PIN on this page alone. */
  handOver() {
    if (isShown("newer") && database.isKept() && !this.pending && !this.typed) location.reload();
  }

  /** What somebody was typing is theirs: it leaves the screen, and waits for them alone. */
  keepTyped() {
    const { session, screens, parts } = this.till;
    const form = parts.enrolScreen?.takeOut();
    if (!session.staff) return;
    this.typed = form && screens.current === "enrol" ? { staffId: session.staff.id, form } : null;
  }

  /**
   * An action needs somebody: after their PIN it is finished, if it may wait, else it has to be done again.
   *
   * @param {Entry | undefined} pending
   * @param {ProblemDocument | undefined} problem
   */
  lockFor(pending, problem) {
    if (problem && problem.code !== "staff_pin_required") return this.showSignedOut();
    this.pending = pending ?? null;
    this.lock(text(pending ? "pin_to_finish" : "pin_again"));
  }

  /**
   * What is pending is booked, and what was typed is shown, only if the same person is back.
   *
   * @param {Staff} staff
   */
  async onUnlocked(staff) {
    const { till } = this;
    till.session.begin(staff);
    const sending = this.pending?.staffId === staff.id ? till.outbox.watch(this.pending) : null;
    const form = this.typed?.staffId === staff.id ? this.typed.form : null;
    this.pending = this.typed = null;
    this.beginWork();
    if (form) {
      await till.toEnrol();
      till.parts.enrolScreen?.putBack(form);
    }
    this.refreshFacts();
    const { checkout } = till;
    await till.outbox.resume(staff);
    if (sending) till.take(checkout.follow(sending));
  }

  beginWork() {
    this.till.begin();
    this.showStaff();
    this.till.activity.refresh();
    this.till.toScan();
  }

  showStaff() {
    const { staff } = this.till.session;
    byId("lock-button", HTMLButtonElement).hidden = !staff;
    byId("staff-name", HTMLElement).textContent = staff?.name ?? "";
  }

  onIdle() {
    const { till } = this;
    if (this.needsPin) return till.screens.isLocked || this.lock();
    till.finder.attaching.clear(); // its card has gone, if nobody has come with one
    till.toScan();
  }

  /**
   * The server wants a sign-in or a PIN for something that nobody waits for any more. What somebody else did waits for
   * their PIN: it is no reason to lock out whoever is here.
   *
   * @param {Outcome} outcome
   */
  onLockedOut({ entry, problem }) {
    const { session } = this.till;
    if (problem?.code !== "staff_pin_required") this.showSignedOut();
    else if (!this.needsPin) location.reload();
    else if (session.staff && session.token === entry.staffToken) this.lock(text("pin_to_finish"));
  }

  /** The sign-in has ended, or the till was revoked: what waits stays on the device. */
  async showSignedOut() {
    const { outbox, result, addresses, facts, faces } = this.till;
    await faces.giveUp();
    const waiting = (await outbox.waiting()).length;
    const [title, kept, next] = facts.till
      ? ["till_revoked", "kept_for_till", "enter_code"]
      : ["signed_out", "kept_here", "sign_in"];
    const note = waiting ? plural(kept, waiting) : "";
    const words = { title: text(title), note, next: text(next) };
    const choice = await result.show({ kind: "bad", icon: "lock", ...words });
    if (choice !== "next") return;
    location.assign(
      facts.till ? addresses.enrol : addresses.sign_in + encodeURIComponent(location.pathname),
    );
  }

  /** The shell has no chooser: as soon as the network is back, the whole page is fetched, if nobody is at work. */
  leaveShell() {
    const { isShell, connection, screens } = this.till;
    if (isShell && !connection.offline && screens.isLocked) location.reload();
  }

  /** The program may have changed since the page was opened. */
  async refreshFacts() {
    const { api, facts } = this.till;
    try {
      /** @type {Program} */
      const program = await api.get("program/");
      if (program.require_staff_pin !== this.needsPin) return location.reload();
      Object.assign(facts.program, program);
      await database.put("facts", facts);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
  }
}
