/** What happened at this store: today's figures, and the newest transactions with those that still wait on top. */

import { NoAnswer, Problem } from "./api.js";
import { byId, element, listed, named } from "./dom.js";
import { cardTail, change, particulars, when } from "./format.js";
import { number, text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Outbox } from "./outbox.js" */
/** @import { Entry, Facts, Transaction, TransactionPage } from "./types.js" */

const SHOWN = 20;
const REFRESH_EVERY_MS = 60_000;

export class Activity {
  /**
   * @param {Facts} facts
   * @param {Api} api
   * @param {Outbox} outbox
   * @param {string} todayAddress
   */
  constructor(facts, api, outbox, todayAddress) {
    this.facts = facts;
    this.api = api;
    this.outbox = outbox;
    this.todayAddress = todayAddress;
    /** @type {Transaction[]} */
    this.transactions = [];
  }

  start() {
    this.outbox.addEventListener("change", () => this.draw());
    this.outbox.addEventListener("settled", () => this.refresh());
    setInterval(() => document.hidden || this.refresh(), REFRESH_EVERY_MS);
  }

  /** Ask for the newest; without a network, what is there stays. */
  async refresh() {
    try {
      /** @type {[TransactionPage, {stamps: number, points: number, rewards: number}]} */
      const [{ results }, today] = await Promise.all([
        this.api.get("transactions/", { page_size: SHOWN }),
        this.api.get(this.todayAddress),
      ]);
      this.transactions = results;
      this.drawToday(today);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
    }
    await this.draw();
  }

  /** @param {{stamps: number, points: number, rewards: number}} today */
  drawToday(today) {
    byId("today-stamps", HTMLElement).textContent = number(today.stamps);
    byId("today-points", HTMLElement).textContent = number(today.points);
    byId("today-rewards", HTMLElement).textContent = number(today.rewards);
  }

  async draw() {
    const waiting = await this.outbox.waiting();
    const rows = [
      ...waiting.reverse().map((entry) => this.waitingRow(entry)),
      ...this.transactions.map((one) => this.row(one)),
    ];
    if (!rows.length) rows.push(element("li", { class: "muted", text: text("nothing_yet") }));
    byId("log", HTMLElement).replaceChildren(...rows);
  }

  /** @param {Transaction} transaction */
  row(transaction) {
    const { timezone } = this.facts.store;
    const name = transaction.customer_name || cardTail(transaction.card_number);
    const moment = when(transaction.transaction_at, timezone);
    const details = listed(moment, named(transaction.staff), particulars(transaction));
    return element(
      "li",
      {},
      element("b", { text: name, translate: "no" }),
      element("span", { class: "change", text: change(transaction) }),
      element("small", {}, ...details),
    );
  }

  /** @param {Entry} entry */
  waitingRow(entry) {
    const details = listed(when(entry.madeAt, this.facts.store.timezone), named(entry.staffName));
    return element(
      "li",
      {},
      element("b", { text: entry.name, translate: "no" }),
      element("span", { class: "change", text: entry.summary }),
      element("small", {}, ...details, " ", element("span", { class: "waiting-tag", text: text("waiting") })),
    );
  }
}
