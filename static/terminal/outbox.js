/**
 * The outbox: every action gets its idempotency key before it is first sent, is kept on the device, and is repeated
 * in strict order until it is answered. One tab at a time sends (Web Locks).
 *
 * - Not answered: wait longer each time, then repeat with the same key.
 * - Refused for want of a sign-in or a staff token: the queue rests until `resume`.
 * - Refused otherwise: whoever waits for it is told; if nobody does any more, it goes to the "refused" list.
 */

import * as database from "./database.js";
import { deliver, isTimed } from "./delivery.js";

/** @import { Api, Problem } from "./api.js" */
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
 * @property {number} user  id of the signed-in user: keys belong to one user, so nobody sends another's actions
 * @property {() => {token: string, name: string} | null} staff  who is at the till
 * @property {() => boolean} isOffline
 * @property {(posting: Posting) => Action | null} undo  what takes an action back that was withdrawn too late
 */

/** Dispatches "change" when the queue or the refused list did, "locked" with the problem, "settled" with an Outcome. */
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
   * @returns {Promise<Sending>}
   */
  async send(action) {
    const staff = this.options.staff();
    /** @type {Entry} */
    const entry = {
      ...action,
      key: crypto.randomUUID(),
      store: this.options.store,
      user: this.options.user,
      madeAt: new Date().toISOString(),
      staffToken: staff?.token ?? null,
      staffName: staff?.name ?? null,
      sent: false,
      sentPlain: false,
      claimed: isTimed(action) && this.options.isOffline(),
      withdrawn: false,
    };
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

  /**
   * Take an action back that is not known to be done. Unsent, it is simply forgotten; if it may have arrived, it is
   * repeated until that is known, and then undone.
   *
   * @param {Entry} entry
   * @returns {Promise<"forgotten" | "withdrawn" | "settled">}
   */
  async withdraw(entry) {
    /** @type {"forgotten" | "withdrawn" | "settled"} */
    let result = "settled";
    await database.update("outbox", entry.seq ?? 0, (current) => {
      result = current.sent ? "withdrawn" : "forgotten";
      return current.sent ? { ...current, withdrawn: true } : null;
    });
    if (result !== "settled") this.watchers.delete(entry.key);
    this.changed();
    return result;
  }

  /**
   * Go on after somebody unlocked the till: they answer for what was refused with a token that has ended.
   *
   * @param {string | null} token
   */
  async resume(token) {
    const waiting = await this.mine();
    const ended = new Set(waiting.filter((entry) => entry.tokenEnded).map((entry) => entry.staffToken));
    for (const entry of waiting) {
      if (!ended.has(entry.staffToken)) continue;
      await database.update("outbox", entry.seq ?? 0, (current) => {
        return { ...current, staffToken: token, tokenEnded: false };
      });
    }
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
      const [entry] = await this.mine();
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
      const undo = this.options.undo(posting);
      if (undo) (await this.send(undo)).stopWatching();
      await database.remove("outbox", entry.seq ?? 0);
    }
    this.settle({ state: "done", entry, posting });
  }

  /**
   * @param {Entry} entry
   * @param {Problem} problem
   */
  async refuse(entry, problem) {
    const current = await database.get("outbox", entry.seq ?? 0);
    if (!current?.withdrawn && !this.watchers.has(entry.key)) {
      const { key, store, name, summary, madeAt } = entry;
      await database.put("refused", { key, store, name, summary, madeAt, reason: problem.message });
    }
    await database.remove("outbox", entry.seq ?? 0);
    this.settle({ state: "refused", entry, problem: problem.document });
  }

  /**
   * The sign-in or the staff token has ended. What may wait is kept; the rest was not done and is forgotten.
   *
   * @param {Entry} entry
   * @param {Problem} problem
   */
  async rest(entry, problem) {
    await database.update("outbox", entry.seq ?? 0, (current) => {
      return entry.mayWait ? { ...current, tokenEnded: problem.status === 403 } : null;
    });
    this.settle({ state: "locked", entry, problem: problem.document });
    this.dispatchEvent(new CustomEvent("locked", { detail: problem.document }));
    return false;
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
      this.watchers.get(outcome.entry.key)?.(outcome);
      this.watchers.delete(outcome.entry.key);
      this.dispatchEvent(new CustomEvent("settled", { detail: outcome }));
    }
    this.dispatchEvent(new Event("change"));
  }

  changed() {
    this.hear(null);
    this.channel.postMessage(null);
  }

  /** @returns {Promise<(Entry & {tokenEnded?: boolean})[]>} */
  async mine() {
    const entries = await database.all("outbox");
    return entries.filter((entry) => this.isMine(entry));
  }

  /** @param {Entry} entry */
  isMine(entry) {
    return entry.store === this.options.store && entry.user === this.options.user;
  }
}
