/**
 * The outbox: every action gets its idempotency key before it is first sent, is kept on the device, and is repeated
 * in strict order until it is answered. One tab at a time sends (Web Locks).
 *
 * - Not answered: wait longer each time, then repeat with the same key.
 * - Refused for want of a sign-in: the queue rests.
 * - Refused for want of a staff token: what that person did rests until they unlock again (`resume`), the others' goes
 *   on; nobody's goes under anybody else's PIN.
 * - Refused otherwise: whoever waits for it is told; if nobody does any more, it goes to the "refused" list.
 */

import * as database from "./database.js";
import { deliver } from "./delivery.js";
import { makeEntry, nextOf, renew } from "./entry.js";

/** @import { Api, Problem } from "./api.js" */
/** @import { Staff } from "./session.js" */
/** @import { Action, Entry, Outcome, Posting, Refused } from "./types.js" */

const LOCK = "till-outbox";
const FIRST_PAUSE_MS = 800;
const LONGEST_PAUSE_MS = 30_000;

/**
 * @typedef {object} Sending  an action on its way
 * @property {Entry} entry
 * @property {Promise<Outcome>} outcome
 * @property {() => void} stopWatching  from now on a refusal goes to the list
 *
 * @typedef {object} OutboxOptions
 * @property {Api} api
 * @property {string} store
 * @property {number} user  id of the signed-in user, 0 for a till: keys belong to one user or to the tills of a store
 * @property {() => Staff | null} staff  who is at the till
 * @property {() => boolean} isOffline
 * @property {(posting: Posting) => Action[]} undo  what takes an action back that was withdrawn too late
 */

/** Dispatches "change" when the queue or the refused list did, "settled" with an Outcome, "locked" with an unwatched one. */
export class Outbox extends EventTarget {
  /** @param {OutboxOptions} options */
  constructor(options) {
    super();
    this.options = options;
    this.tries = 0;
    this.timer = 0;
    /** @type {Map<string, (outcome: Outcome) => void>} */
    this.watchers = new Map();
    /** @type {Promise<void> | null} */
    this.nextFlush = null;
    this.channel = new BroadcastChannel("till-outbox");
    this.channel.onmessage = ({ data }) => this.hear(data);
  }

  /** Begin to send what waits. */
  start() {
    navigator.storage?.persist?.();
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    this.changed();
    this.flush();
  }

  /**
   * Store an action and send it as soon as its turn comes.
   *
   * @param {Action} action
   * @param {Staff | null} staff  who did it
   * @returns {Promise<Sending>}
   */
  async send(action, staff) {
    const entry = makeEntry(action, staff, this.options);
    const sending = this.watch(entry);
    entry.seq = Number(await database.put("outbox", entry));
    this.changed();
    this.flush();
    return sending;
  }

  /**
   * Be told what becomes of an action.
   *
   * @param {Entry} entry
   * @returns {Sending}
   */
  watch(entry) {
    const outcome = new Promise((resolve) => this.watchers.set(entry.key, resolve));
    return { entry, outcome, stopWatching: () => void this.watchers.delete(entry.key) };
  }

  /** Nobody waits for anything any more: refusals go to the list. */
  stopWatching() {
    this.watchers.clear();
  }

  /**
   * Take an action back that is not known to be done. Unsent, it is simply forgotten; if it may have arrived, it is
   * repeated until that is known, and then undone.
   *
   * @param {Entry} entry
   * @param {Staff | null} staff  who takes it back
   * @returns {Promise<"forgotten" | "withdrawn" | "settled">}
   */
  async withdraw(entry, staff = this.options.staff()) {
    /** @type {"forgotten" | "withdrawn" | "settled"} */
    let result = "settled";
    await database.update("outbox", entry.seq ?? 0, (current) => {
      result = current.sent ? "withdrawn" : "forgotten";
      return current.sent ? { ...current, withdrawn: true, withdrawnBy: staff } : null;
    });
    if (result !== "settled") this.watchers.delete(entry.key);
    this.changed();
    return result;
  }

  /**
   * Go on with what this person did under a token that has ended since.
   *
   * @param {Staff} staff  who has unlocked the till
   */
  async resume(staff) {
    await renew(await this.mine(), staff);
    this.hurry();
  }

  /** What waits here of this user, oldest first; what was withdrawn no longer counts. */
  async waiting() {
    return (await this.mine()).filter((entry) => !entry.withdrawn);
  }

  /** What others did on this device, or this user at another store: it is sent when they are back there. */
  async waitingElsewhere() {
    const entries = await database.all("outbox");
    return entries.filter((entry) => !this.isMine(entry) && !entry.withdrawn);
  }

  /** @returns {Promise<Refused[]>} */
  async refused() {
    const records = await database.all("refused");
    return records.filter((record) => record.store === this.options.store);
  }

  /** @param {string} key */
  async dismiss(key) {
    await database.remove("refused", key);
    this.changed();
  }

  /** Try at once, as if nothing had failed before. */
  hurry() {
    this.tries = 0;
    this.flush();
  }

  /** Send what waits, when no other tab does; a call while one is queued is that same one. */
  flush() {
    clearTimeout(this.timer);
    this.nextFlush ??= navigator.locks.request(LOCK, async () => {
      this.nextFlush = null;
      await this.drain();
    });
  }

  async drain() {
    while (navigator.onLine) {
      const entry = nextOf(await this.mine());
      if (!entry || !(await this.deliver(entry))) return;
    }
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<boolean>}  whether to go on with the next one
   */
  async deliver(entry) {
    const { state, posting, problem, seconds = 0 } = await deliver(entry, this.options.api);
    if (state === "later") return this.repeatLater(seconds);
    if (state === "locked" && problem) return this.rest(entry, problem);
    if (state === "refused" && problem) await this.refuse(entry, problem);
    if (state === "done" && posting) await this.finish(entry, posting);
    this.tries = 0;
    return true;
  }

  /**
   * What takes a withdrawn action back is stored before the action is forgotten: nothing is lost in between.
   *
   * @param {Entry} entry
   * @param {Posting} posting
   */
  async finish(entry, posting) {
    const before = await database.update("outbox", entry.seq ?? 0, (current) =>
      current.withdrawn ? current : null,
    );
    if (before?.withdrawn) {
      for (const undo of this.options.undo(posting))
        (await this.send(undo, before.withdrawnBy)).stopWatching();
      await database.remove("outbox", entry.seq ?? 0);
    }
    if (entry.mends) await database.remove("refused", entry.mends);
    this.settle({ state: "done", entry, posting });
  }

  /**
   * @param {Entry} entry
   * @param {Problem} problem
   */
  async refuse(entry, problem) {
    await this.giveUp(entry, problem);
    this.settle({ state: "refused", entry, problem: problem.document });
  }

  /**
   * It was not done and is forgotten; where nobody waits for it, staff have to see that.
   *
   * @param {Entry} entry
   * @param {Problem} problem
   */
  async giveUp(entry, problem) {
    const current = await database.get("outbox", entry.seq ?? 0);
    if (!current?.withdrawn && !this.watchers.has(entry.key)) {
      const { key, store, kind, code, body, name, summary, madeAt } = entry;
      const reason = problem.message;
      await database.put("refused", { key, store, kind, code, body, name, summary, madeAt, reason });
    }
    await database.remove("outbox", entry.seq ?? 0);
  }

  /**
   * The sign-in or the staff token has ended. What may wait is kept for whoever did it; the rest was not done.
   *
   * @param {Entry} entry
   * @param {Problem} problem
   * @returns {Promise<boolean>}  whether others' actions may go on
   */
  async rest(entry, problem) {
    const tokenEnded = problem.code === "staff_pin_required";
    if (!entry.mayWait || (tokenEnded && entry.staffId === null)) await this.giveUp(entry, problem);
    else await database.update("outbox", entry.seq ?? 0, (current) => ({ ...current, tokenEnded }));
    this.settle({ state: "locked", entry, problem: problem.document });
    return tokenEnded;
  }

  /** @param {number} seconds  as the server asked, 0 if it did not */
  repeatLater(seconds) {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.tries) * (0.7 + Math.random() * 0.6);
    this.tries = Math.min(this.tries + 1, 10);
    this.timer = setTimeout(() => this.flush(), Math.max(pause, seconds * 1000));
    this.changed();
    return false;
  }

  /** @param {Outcome} outcome */
  settle(outcome) {
    this.hear(outcome);
    this.channel.postMessage(outcome);
  }

  /**
   * News of an action, sent from this tab or another.
   *
   * @param {Outcome | null} outcome
   */
  hear(outcome) {
    if (outcome) {
      const watcher = this.watchers.get(outcome.entry.key);
      watcher?.(outcome);
      if (watcher && outcome.state === "refused") this.dismiss(outcome.entry.key); // a tab that sent it knew of nobody
      this.watchers.delete(outcome.entry.key);
      this.dispatchEvent(new CustomEvent("settled", { detail: outcome }));
      const isUnseen = outcome.state === "locked" && !watcher && this.isMine(outcome.entry);
      if (isUnseen) this.dispatchEvent(new CustomEvent("locked", { detail: outcome }));
    }
    this.dispatchEvent(new Event("change"));
  }

  changed() {
    this.hear(null);
    this.channel.postMessage(null);
  }

  /** @returns {Promise<Entry[]>} */
  async mine() {
    const entries = await database.all("outbox");
    return entries.filter((entry) => this.isMine(entry));
  }

  /** @param {Entry} entry */
  isMine(entry) {
    return entry.store === this.options.store && entry.user === this.options.user;
  }
}
