/** Doing things with the card in hand: each action goes through the outbox, and its outcome fills the screen. */

import * as actions from "./actions.js";
import { describe, rewardName } from "./card-view.js";
import { byId, element } from "./dom.js";
import { signed } from "./format.js";
import { openSheet } from "./sheet.js";
import { hasText, number, plural, text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Connection } from "./connection.js" */
/** @import { Outbox, Sending } from "./outbox.js" */
/** @import { Result, ResultScreen } from "./result.js" */
/** @import { Action, Card, CardReward, Entry, Facts, Outcome, Posting, ProblemDocument } from "./types.js" */

const PATIENCE_MS = 2_500;
const MERELY_WAIT = new Set(["stamp_cooldown", "daily_stamp_limit", "not_enough_stamps", "not_enough_points"]);

/**
 * @typedef {object} Step  where to go from here
 * @property {"scan" | "card" | "enrol" | "lock"} to
 * @property {Card} [card]  as it is now; else the one in hand is asked for again
 * @property {string} [say]  for screen readers
 * @property {Entry} [owed]  what will be sent once somebody has unlocked
 * @property {ProblemDocument} [problem]
 */

export class Checkout {
  /**
   * @param {Facts} facts
   * @param {Outbox} outbox
   * @param {Connection} connection
   * @param {ResultScreen} result
   */
  constructor(facts, outbox, connection, result) {
    this.facts = facts;
    this.outbox = outbox;
    this.connection = connection;
    this.result = result;
    this.isBusy = false;
    /** @type {Map<string, Outcome>}  what was settled while it was shown as saved */
    this.settledLater = new Map();
    outbox.addEventListener("settled", (event) => {
      const { detail } = /** @type {CustomEvent<Outcome>} */ (event);
      this.settledLater.set(detail.entry.key, detail);
    });
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
  earn(inHand, cents, reference) {
    return this.perform(actions.earn(inHand, cents, reference, this.facts.currency));
  }

  /**
   * The reward of a full card at once where there is no other, else a sheet to choose from.
   *
   * @param {Card} card
   * @returns {Promise<Step | null>}
   */
  async redeem(card) {
    const { loyalty_type: type } = this.facts.program;
    if (type === "stamps") return this.perform(actions.redeemStamps(card, rewardName(card)));
    const chosen = await this.chooseReward(card, type === "hybrid");
    if (chosen === null) return null;
    if (chosen === "stamps") return this.perform(actions.redeemStamps(card, rewardName(card)));
    const reward = card.rewards.find((one) => String(one.id) === chosen);
    return reward ? this.perform(actions.redeemReward(card, reward)) : null;
  }

  /**
   * @param {InHand} inHand
   * @returns {Promise<Step | null>}
   */
  async voidLast({ last }) {
    if (!last) return null;
    const detail = describe(last, this.facts.store.timezone);
    const question = { title: text("void_question"), detail, undo: text("cancel"), next: text("void") };
    const choice = await this.result.show({ kind: "warn", isQuestion: true, ...question });
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
   * @returns {Promise<Step | null>}  null if another action is under way
   */
  async perform(action) {
    if (this.isBusy) return null;
    return this.follow(await this.outbox.send(action));
  }

  /**
   * See an action through that is in the outbox already.
   *
   * @param {Sending} sending
   * @returns {Promise<Step>}
   */
  async follow(sending) {
    this.setBusy(true);
    let outcome;
    try {
      outcome = await this.answer(sending);
    } finally {
      this.setBusy(false);
    }
    const { entry } = sending;
    if (!outcome) return { to: "card", say: text("withdrawn") };
    if (outcome.state === "locked") return { to: "lock", owed: entry.mayWait ? entry : undefined, problem: outcome.problem };
    if (outcome.state === "refused" && outcome.problem) return this.showRefused(entry, outcome.problem);
    if (outcome.state === "done" && outcome.posting) return this.showDone(entry, outcome.posting);
    return this.showSaved(entry);
  }

  /**
   * @param {Sending} sending
   * @returns {Promise<Outcome | null>}  null if it was called off
   */
  async answer(sending) {
    const { entry, outcome } = sending;
    /** @type {Promise<null>} */
    const patience = new Promise((resolve) => setTimeout(() => resolve(null), this.patienceFor(entry)));
    const answered = await Promise.race([outcome, patience]);
    if (answered) return answered;
    if (!entry.mayWait) return this.insist(sending);
    sending.stopWatching();
    return { state: "waiting", entry };
  }

  /** @param {Entry} entry */
  patienceFor(entry) {
    return entry.mayWait && this.connection.offline ? 0 : PATIENCE_MS;
  }

  /**
   * Nobody knows whether a redemption has arrived: repeat it until that is known, or call it off.
   *
   * @param {Sending} sending
   * @returns {Promise<Outcome | null>}
   */
  async insist(sending) {
    for (;;) {
      const choice = this.result.show({
        kind: "warn",
        isQuestion: true,
        icon: "cloud-off",
        title: text("no_answer"),
        detail: text("no_answer_detail"),
        undo: text("call_off"),
        next: text("try_again"),
      });
      const first = await Promise.race([sending.outcome, choice]);
      if (typeof first === "object") return first;
      if (first === "undo") {
        await this.outbox.withdraw(sending.entry);
        return null;
      }
      this.outbox.hurry();
    }
  }

  /**
   * @param {Entry} entry
   * @param {Posting} posting
   * @returns {Promise<Step>}
   */
  async showDone(entry, posting) {
    if (entry.kind === "enrol") return this.showEnrolled(posting);
    const { transaction, card } = posting;
    const canUndo = transaction.can_void && entry.kind !== "void";
    const choice = await this.result.show({ ...this.wordsFor(entry, posting), undo: canUndo ? text("undo") : null });
    if (choice !== "undo") return { to: "scan" };
    return this.takeBack(actions.voidTransaction(transaction), card);
  }

  /**
   * Undo without another full screen: the card comes back as it was.
   *
   * @param {Action} action
   * @param {Card} card
   * @returns {Promise<Step>}
   */
  async takeBack(action, card) {
    const sending = await this.outbox.send(action);
    this.setBusy(true);
    const outcome = await this.answer(sending).finally(() => this.setBusy(false));
    if (outcome?.state === "refused" && outcome.problem) return this.showRefused(sending.entry, outcome.problem);
    if (outcome?.state === "locked") return { to: "lock", owed: sending.entry, problem: outcome.problem };
    return { to: "card", card: outcome?.posting?.card ?? card, say: text("undone") };
  }

  /**
   * @param {Entry} entry
   * @param {Posting} posting
   * @returns {Result}
   */
  wordsFor(entry, { transaction, card, reward_ready: isReady, ...rest }) {
    const name = card.customer.name || text("this_card");
    const stamps = { name, count: number(card.stamp_count), target: number(card.stamps_target) };
    const balance = plural("new_balance", card.points_balance);
    switch (entry.kind) {
      case "stamp": {
        const full = text("now_full", { name, reward: rewardName(card) });
        const title = plural("plus_stamps", transaction.stamps_delta, { n: signed(transaction.stamps_delta) });
        return { kind: "ok", title, detail: isReady ? full : text("now_has", stamps), icon: isReady ? "gift" : null };
      }
      case "earn":
        return { kind: "ok", title: plural("plus_points", transaction.points_delta, { n: signed(transaction.points_delta) }), detail: balance };
      case "redeem-stamps":
        return { kind: "ok", icon: "gift", title: text("redeemed", { reward: entry.summary }), detail: text("now_has", stamps) };
      case "redeem-reward":
        return { kind: "ok", icon: "gift", title: text("redeemed", { reward: entry.summary }), detail: balance };
      default: {
        const shortfall = actions.shortfallOf({ transaction, card, ...rest });
        const note = shortfall ? text("shortfall", { what: shortfall }) : "";
        return { kind: "warn", icon: "undo", title: text("voided"), detail: this.balances(card), note };
      }
    }
  }

  /** @param {Card} card */
  balances(card) {
    const { loyalty_type: type } = this.facts.program;
    const stamps = text("stamps_now", { count: number(card.stamp_count), target: number(card.stamps_target) });
    const points = plural("new_balance", card.points_balance);
    return { stamps, points, hybrid: `${stamps} ${points}` }[type];
  }

  /**
   * @param {Posting} posting
   * @returns {Promise<Step>}
   */
  async showEnrolled({ card, already_enrolled: isOld, locations = [] }) {
    const { name } = card.customer;
    const places = new Intl.ListFormat(document.documentElement.lang).format(locations.map((one) => one.name));
    /** @type {Result} */
    const words = isOld
      ? { kind: "warn", icon: "info", title: text("already_enrolled"), detail: text("valid_at", { places }) }
      : { kind: "ok", title: text("welcome", { name }), detail: text("card_sent"), note: bonus(card) };
    await this.result.show({ ...words, next: text("open_card") });
    return { to: "card", card };
  }

  /**
   * @param {Entry} entry
   * @param {ProblemDocument} problem
   * @returns {Promise<Step>}
   */
  async showRefused(entry, problem) {
    if (entry.kind === "enrol" && problem.status === 400) return { to: "enrol", problem };
    const key = `refused_${problem.code}`;
    const title = hasText(key) ? text(key) : text("refused");
    const detail = problem.errors?.[0]?.message ?? problem.detail;
    const kind = MERELY_WAIT.has(problem.code) ? "warn" : "bad";
    await this.result.show({ kind, title, detail, next: text(entry.kind === "enrol" ? "back" : "back_to_card") });
    return { to: entry.kind === "enrol" ? "enrol" : "card" };
  }

  /**
   * The action waits on this device; all is as well as it can be.
   *
   * @param {Entry} entry
   * @returns {Promise<Step>}
   */
  async showSaved(entry) {
    const title = entry.kind === "stamp" ? plural("plus_stamps", Number(entry.body.count ?? 1), { n: entry.summary }) : entry.summary;
    const words = { title, detail: entry.name, note: text("saved"), icon: "cloud-off" };
    const choice = await this.result.show({ kind: "ok", ...words, undo: entry.kind === "void" ? null : text("undo") });
    return choice === "undo" ? this.undoSaved(entry) : { to: "scan" };
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<Step>}
   */
  async undoSaved(entry) {
    const result = await this.outbox.withdraw(entry);
    const posting = this.settledLater.get(entry.key)?.posting;
    if (result === "settled" && posting) return this.takeBack(actions.voidTransaction(posting.transaction), posting.card);
    return { to: "card", say: text(result === "withdrawn" ? "undone_later" : "undone") };
  }

  /**
   * @param {Card} card
   * @param {boolean} withStamps
   */
  chooseReward(card, withStamps) {
    const missing = Math.max(0, card.stamps_target - card.stamp_count);
    const rows = card.rewards.map((reward) => rewardRow(String(reward.id), reward.name, plural("points", reward.points_cost), pointsMissing(reward)));
    if (withStamps) {
      const cost = plural("stamps", card.stamps_target);
      rows.unshift(rewardRow("stamps", rewardName(card), cost, missing ? plural("stamps_missing", missing) : ""));
    }
    byId("rewards", HTMLElement).replaceChildren(...rows);
    byId("rewards-balance", HTMLElement).textContent = this.balances(card);
    return openSheet(byId("rewards-sheet", HTMLDialogElement));
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    document.body.toggleAttribute("data-busy", isBusy);
  }
}

/** @param {Card} card */
function bonus(card) {
  return card.points_balance > 0 ? plural("bonus", card.points_balance) : "";
}

/** @param {CardReward} reward */
function pointsMissing(reward) {
  if (reward.affordable) return "";
  return reward.missing > 0 ? plural("points_missing", reward.missing) : text("reward_not_yet");
}

/**
 * @param {string} value
 * @param {string} name
 * @param {string} cost
 * @param {string} reason  why it cannot be had, empty if it can
 */
function rewardRow(value, name, cost, reason) {
  const words = element("span", {}, element("b", { text: name }), element("small", { text: cost }));
  const side = element("span", { class: "choice-side" }, element("small", { text: reason || text("affordable") }));
  const attributes = { type: "button", class: "choice", "data-value": value, "aria-disabled": reason ? "true" : "false" };
  return element("li", {}, element("button", attributes, words, side));
}
