/** Doing things with the card in hand: each action goes through the outbox, and its outcome fills the screen. */

import * as actions from "./actions.js";
import { describe, rewardName } from "./card-view.js";
import * as database from "./database.js";
import { text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Sending } from "./outbox.js" */
/** @import { Choice, Result } from "./result.js" */
/** @import { Till } from "./till.js" */
/** @import { Action, Card, Entry, Outcome, Posting, ProblemDocument, Purchase, Step } from "./types.js" */

const PATIENCE_MS = 2_500;
const WAITING = "waiting";

/** One person's doings at the till: made when they unlock it, over when it locks. */
export class Checkout {
  /** @param {Till} till */
  constructor(till) {
    const { facts, outbox, connection, result, session, screens, customerScreen } = till;
    this.till = till;
    this.customerScreen = customerScreen;
    this.facts = facts;
    this.outbox = outbox;
    this.connection = connection;
    this.result = result;
    this.staff = session.staff;
    this.signal = screens.unlocked;
    this.isBusy = false;
  }

  /**
   * @param {InHand} inHand
   * @param {number} count
   */
  stamp(inHand, count) {
    return this.perform(actions.stamp(inHand, count));
  }

  /**
   * @param {InHand} inHand
   * @param {number} cents
   * @param {string} reference
   */
  buy(inHand, cents, reference) {
    return this.perform(actions.purchase(inHand, cents, reference, this.facts));
  }

  /**
   * @param {Purchase} purchase
   * @param {number} cents
   * @param {string} reason
   */
  giveBack(purchase, cents, reason) {
    return this.perform(actions.giveBack(purchase, cents, reason, this.facts));
  }

  /**
   * @param {Card} card
   * @returns {Promise<Step | null>}
   */
  async forgive(card) {
    const { askWhyToForgive } = await import("./forgive-sheet.js");
    const reason = await askWhyToForgive(card, this.facts, this.signal);
    return reason ? this.perform(actions.forgive(card, reason)) : null;
  }

  /**
   * The reward of a full card at once where there is no other, else a sheet to choose from.
   *
   * @param {Card} card
   * @returns {Promise<Step | null>}
   */
  async redeem(card) {
    const { chooseReward, STAMP_REWARD } = await import("./rewards-sheet.js");
    const hasOnlyStamps = this.facts.program.loyalty_type === "stamps";
    const chosen = hasOnlyStamps ? STAMP_REWARD : await chooseReward(card, this.facts, this.signal);
    if (chosen === STAMP_REWARD) return this.perform(actions.redeemStamps(card, rewardName(card)));
    const reward = card.rewards.find((one) => String(one.id) === chosen);
    return reward ? this.perform(actions.redeemReward(card, reward)) : null;
  }

  /**
   * @param {InHand} inHand
   * @returns {Promise<Step | null>}
   */
  async voidLast({ last }) {
    if (!last) return null;
    const whose = last.customer_name || last.card_number;
    const detail = text("whose_and_what", { whose, what: describe(last, this.facts.store.timezone) });
    const question = { title: text("void_question"), detail, undo: text("leave_it"), next: text("void") };
    const choice = await this.show({ kind: "warn", isQuestion: true, ...question });
    return choice === "next" ? this.perform(actions.voidTransaction(last)) : null;
  }

  /** @param {Record<string, unknown>} body */
  enrol(body) {
    return this.perform(actions.enrol(body));
  }

  /**
   * Send an action, show what became of it, and say where to go next.
   *
   * @param {Action} action
   * @returns {Promise<Step | null>}  null if another action is under way: a second tap is none; and behind the lock
   */
  async perform(action) {
    if (this.isBusy || this.signal.aborted) return null;
    this.setBusy(true);
    try {
      await loadWords(); // what could not be told afterwards is not done
      return await this.follow(await this.outbox.send(action, this.staff));
    } catch (error) {
      this.setBusy(false);
      throw error;
    }
  }

  /**
   * See an action through that is in the outbox already.
   *
   * @param {Sending} sending
   * @returns {Promise<Step | null>}  null if the till has locked meanwhile: it leads nowhere then
   */
  async follow(sending) {
    const step = await this.seeThrough(sending);
    return this.signal.aborted ? null : step;
  }

  /**
   * @param {Sending} sending
   * @returns {Promise<Step | null>}
   */
  async seeThrough(sending) {
    this.setBusy(true);
    const outcome = await this.answer(sending).finally(() => this.setBusy(false));
    if (!outcome) return { to: "card", say: text("withdrawn") };
    return outcome === WAITING ? this.showSaved(sending) : this.conclude(sending.entry, outcome);
  }

  /**
   * @param {Entry} entry
   * @param {Outcome} outcome
   * @returns {Promise<Step | null>}
   */
  async conclude(entry, { state, posting, problem }) {
    if (state === "done" && posting) return this.showDone(entry, posting);
    if (state === "refused" && problem) return this.showRefused(entry, problem);
    const isKept = entry.mayWait && entry.staffId !== null;
    return { to: "lock", pending: isKept ? entry : undefined, problem };
  }

  /**
   * @param {Sending} sending
   * @returns {Promise<Outcome | typeof WAITING | null>}  null if it was called off
   */
  async answer(sending) {
    const { entry, outcome } = sending;
    const mayWait = entry.mayWait && database.isKept();
    /** @type {Promise<typeof WAITING>} */
    const patience = new Promise((resolve) => {
      setTimeout(() => resolve(WAITING), mayWait && this.connection.offline ? 0 : PATIENCE_MS);
    });
    const answered = await Promise.race([outcome, patience]);
    return answered === WAITING && !mayWait ? this.insist(sending) : answered;
  }

  /**
   * Nobody knows whether it has arrived, and it may not wait: repeat it until that is known, or call it off.
   *
   * @param {Sending} sending
   * @returns {Promise<Outcome | null>}
   */
  async insist(sending) {
    for (;;) {
      const choice = this.show({
        kind: "warn",
        isQuestion: true,
        icon: "cloud-off",
        title: text("no_answer"),
        detail: text("no_answer_detail"),
        undo: text("call_off"),
        next: text("try_again"),
      });
      const first = await Promise.race([sending.outcome, choice]);
      if (typeof first === "object") {
        if (!this.signal.aborted) this.result.close(); // there is nothing left to ask
        return first;
      }
      if (first !== "next") {
        await this.outbox.withdraw(sending.entry, this.staff);
        return null;
      }
      this.outbox.hurry();
    }
  }

  /**
   * @param {Entry} entry
   * @param {Posting} posting
   * @returns {Promise<Step | null>}
   */
  async showDone(entry, posting) {
    if (entry.kind === "enrol") return this.showEnrolled(posting);
    if (!this.signal.aborted && !entry.mends) this.customerScreen.showDone(entry, posting);
    const canUndo = entry.kind !== "void" && actions.linesToUndo(posting).some((line) => line.can_void);
    const { wordsForDone } = await loadWords();
    const choice = await this.show({
      ...wordsForDone(entry, posting, this.facts),
      undo: canUndo ? text("undo") : null,
      ...(entry.mends && { more: null }),
    });
    if (choice === "replaced") return null;
    if (choice === "undo") return this.takeBack(posting, entry.mends);
    if (entry.mends) return { to: "card" };
    if (choice === "more") return this.perform(actions.redeemStamps(posting.card, rewardName(posting.card)));
    if (entry.kind === "forgive") return { to: "card", card: posting.card };
    return { to: "scan", isWatched: choice === "left" };
  }

  /**
   * Undo without another full screen: the card comes back as it was. All that is undone is kept before any of it is
   * answered; what cannot be done at once says so, and the rest goes on by itself.
   *
   * @param {Posting} posting
   * @param {string} [mends]  what it mended, of somebody who has gone: their card stays where it is
   * @returns {Promise<Step | null>}
   */
  async takeBack(posting, mends) {
    this.setBusy(true);
    const sendings = [];
    for (const line of actions.linesToUndo(posting).filter((one) => one.can_void))
      sendings.push(await this.outbox.send(actions.voidTransaction(line), this.staff));
    /** @type {Step} */
    let step = { to: "card", card: mends ? undefined : posting.card };
    for (const [index, sending] of sendings.entries()) {
      this.setBusy(true);
      const outcome = await this.answer(sending).finally(() => this.setBusy(false));
      if (outcome !== WAITING && outcome?.posting) {
        step = { to: "card", card: step.card && outcome.posting.card, say: text("undone") };
        continue;
      }
      for (const other of sendings.slice(index + 1)) other.stopWatching();
      if (outcome) return outcome === WAITING ? this.showSaved(sending) : this.conclude(sending.entry, outcome);
    }
    return step;
  }

  /**
   * @param {Posting} posting
   * @returns {Promise<Step | null>}
   */
  async showEnrolled(posting) {
    const { attaching } = this.till.finder;
    const isAwaited = attaching.code !== "" && !this.signal.aborted;
    if (isAwaited && (await attaching.attach(posting.card)) === "replaced") return null;
    if (posting.card_url && !posting.card.customer.email && !this.signal.aborted) {
      const { addressToTake, showToTake } = await import("./take-card.js");
      const picture = addressToTake(posting.card_url);
      this.customerScreen.showToTake(posting, picture);
      const choice = await showToTake(posting.card, picture, this.signal);
      if (choice === "replaced") return null;
      return choice === "open" ? { to: "card", card: posting.card } : { to: "scan" };
    }
    const { wordsForEnrolled } = await loadWords();
    const choice = await this.show(wordsForEnrolled(posting));
    return choice === "replaced" ? null : { to: "card", card: posting.card };
  }

  /**
   * @param {Entry} entry
   * @param {ProblemDocument} problem
   * @returns {Promise<Step | null>}
   */
  async showRefused(entry, problem) {
    if (entry.kind === "enrol" && !entry.body.nameless && problem.status === 400) return { to: "enrol", problem };
    const { wordsForRefused } = await loadWords();
    const choice = await this.show(wordsForRefused(entry, problem));
    if (choice === "replaced" || entry.kind === "return") return null; // the receipt is still there
    return { to: entry.kind === "enrol" && !entry.body.nameless ? "enrol" : "card" };
  }

  /**
   * Say that it waits here; if it is answered while that is being read, say so instead.
   *
   * @param {Sending} sending
   * @returns {Promise<Step | null>}
   */
  async showSaved(sending) {
    const { entry, outcome, stopWatching } = sending;
    const { wordsForSaved } = await loadWords();
    if (!this.signal.aborted && !entry.mends) this.customerScreen.showNoted(entry, this.till.inHand);
    const first = await Promise.race([outcome, this.show(wordsForSaved(entry))]);
    if (typeof first === "object") return this.conclude(entry, first);
    if (first === "undo") return this.undoSaved(sending);
    stopWatching();
    if (first === "replaced") return null;
    return entry.mends ? { to: "card" } : { to: "scan", isWatched: first === "left" };
  }

  /**
   * @param {Sending} sending
   * @returns {Promise<Step | null>}
   */
  async undoSaved({ entry, outcome }) {
    const result = await this.outbox.withdraw(entry, this.staff);
    if (result !== "settled")
      return { to: "card", say: text(result === "withdrawn" ? "undone_later" : "undone") };
    const { posting } = await outcome;
    return posting ? this.takeBack(posting, entry.mends) : { to: "card" };
  }

  /**
   * A result is for who did it: once the till has locked, nobody sees it any more.
   *
   * @param {Result} result
   * @returns {Promise<Choice>}
   */
  async show(result) {
    return this.signal.aborted ? "replaced" : this.result.show(result);
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    if (this.signal.aborted) return;
    this.isBusy = isBusy;
    document.body.toggleAttribute("data-busy", isBusy);
  }
}

/** What became of an action, in words: loaded a moment after the till itself. */
function loadWords() {
  return import("./outcome-words.js");
}
