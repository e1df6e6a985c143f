/** The card in hand: name, stamps as stamps, points, last visit, what is allowed now and what not, with the reason. */

import { byId, element, icon } from "./dom.js";
import { cardTail, changeInWords, date, duration, isBirthday, money } from "./format.js";
import { particulars, unseenCard, when } from "./format.js";
import { number, plural, text, hasText } from "./texts.js";

/** @import { Card, Facts, Transaction } from "./types.js" */

const MOST_STAMPS = 10;
const WIDEST_ROW = 10;
const MOST_REWARDS = 5;
const EXPIRY_NEAR_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * @typedef {object} InHand
 * @property {Card | null} card  null if only its code is known, because there is no network
 * @property {string} code  what was scanned or typed
 * @property {Transaction | null} last  what can be undone
 */

/** Dispatches "recheck" when a waiting time is over. */
export class CardView extends EventTarget {
  /** @param {Facts} facts */
  constructor(facts) {
    super();
    this.facts = facts;
    this.quantity = 1;
    this.countdown = 0;
    /** @type {number | null}  by this device's clock, which may differ from the server's */
    this.stampAllowedAt = null;
    this.isOffline = false;
    this.signal = AbortSignal.abort();
    /** @type {InHand} */
    this.inHand = { card: null, code: "", last: null };
    byId("fewer", HTMLElement).addEventListener("click", () => this.changeQuantity(-1));
    byId("more", HTMLElement).addEventListener("click", () => this.changeQuantity(1));
  }

  get hasStamps() {
    return this.facts.program.loyalty_type !== "points";
  }

  get hasPoints() {
    return this.facts.program.loyalty_type !== "stamps";
  }

  /** What the person at the till does most: that button is the big one. */
  get usualButton() {
    return byId(this.hasStamps ? "stamp-button" : "earn-button", HTMLButtonElement);
  }

  /**
   * @param {InHand} inHand
   * @param {boolean} isOffline
   * @param {AbortSignal} signal  of the screen: the countdown ends with it
   */
  show(inHand, isOffline, signal) {
    this.inHand = inHand;
    this.signal = signal;
    this.isOffline = isOffline;
    this.quantity = 1;
    const wait = inHand.card?.can_stamp.retry_after ?? null;
    this.stampAllowedAt = wait === null ? null : Date.now() + wait * 1000;
    byId("earn-button", HTMLElement).classList.toggle("big", !this.hasStamps);
    this.drawPerson();
    this.drawStamps();
    this.drawPoints();
    this.drawNotes();
    this.drawActions();
  }

  /** @param {number} step */
  changeQuantity(step) {
    const most = this.mostStamps();
    this.quantity = Math.min(most, Math.max(1, this.quantity + step));
    this.drawActions();
  }

  mostStamps() {
    const { card } = this.inHand;
    const { stamps_today: today = 0, max_daily_stamps: daily = MOST_STAMPS } = /** @type {any} */ (
      card ?? {}
    );
    return Math.max(1, Math.min(MOST_STAMPS, daily - today));
  }

  drawPerson() {
    const { card, code } = this.inHand;
    const name = card ? card.customer.name || cardTail(card.card_number) : text("card_not_loaded");
    write("customer-name", name);
    write("card-number", card ? card.card_number : unseenCard(code));
    write(
      "last-visit",
      card?.last_activity_at ? when(card.last_activity_at, this.facts.store.timezone) : "–",
    );
  }

  drawStamps() {
    const { card } = this.inHand;
    byId("stamps-block", HTMLElement).hidden = !this.hasStamps || !card;
    write("stamp-count", card ? number(card.stamp_count) : "–");
    write("stamp-target", card ? `/${number(card.stamps_target)}` : "");
    if (!card || !this.hasStamps) return;
    const { stamp_count: count, stamps_target: target } = card;
    const list = byId("stamps", HTMLElement);
    list.setAttribute(
      "aria-label",
      plural("stamps_of", target, { count: number(count), target: number(target) }),
    );
    list.style.setProperty("--columns", String(this.facts.stamp_columns));
    list.style.setProperty("--wide-columns", String(Math.min(target, WIDEST_ROW)));
    list.classList.toggle("small-print", target > WIDEST_ROW);
    list.replaceChildren(
      ...Array.from({ length: target }, (_, index) => {
        if (index < count) return element("li", { class: "on" }, icon(this.facts.stamp_icon));
        if (index === target - 1) return element("li", { class: "goal" }, icon("gift"));
        return element("li", { text: number(index + 1) });
      }),
    );
    write("goal-line", goalLine(card));
  }

  drawPoints() {
    const { card } = this.inHand;
    write("points-balance", card ? number(card.points_balance) : "–");
    const { points_per_euro: rate } = this.facts.program;
    const points = plural("points", Number(rate), { n: number(Number(rate)) });
    this.drawRewards();
    const unit = 10 ** this.facts.currency_digits;
    write("earn-rate", text("earn_rate", { money: money(unit, this.facts), points }));
  }

  /** Where there are no stamps, the nearest rewards take their place. */
  drawRewards() {
    const rewards = [...(this.inHand.card?.rewards ?? [])].sort((a, b) => a.points_cost - b.points_cost);
    const lines = rewards.slice(0, MOST_REWARDS).map((reward) => {
      const state = reward.affordable ? text("affordable_short") : plural("points_missing", reward.missing);
      return element("li", {}, element("b", { text: reward.name }), element("span", { text: state }));
    });
    byId("reward-lines", HTMLElement).replaceChildren(...lines);
  }

  drawNotes() {
    const notes = this.notes().map(([symbol, words]) =>
      element("li", {}, icon(symbol), element("span", { text: words })),
    );
    byId("card-notes", HTMLElement).replaceChildren(...notes);
  }

  /** @returns {[icon: string, words: string][]} */
  notes() {
    const { card } = this.inHand;
    const { timezone } = this.facts.store;
    /** @type {[string, string][]} */
    const notes = [];
    if (!card) return [["cloud-off", text("card_not_loaded_why")]];
    if (!card.is_active) notes.push(["alert", text("card_inactive_why")]);
    if (isBirthday(card.customer.birth_date)) notes.push(["gift", text("birthday")]);
    if (card.customer.email_problem) notes.push(["mail", text("email_problem")]);
    const expiry = card.points_expire_at;
    if (expiry && card.points_balance && Date.parse(expiry) - Date.now() < EXPIRY_NEAR_MS) {
      notes.push(["clock", text("points_expire", { date: date(expiry, timezone) })]);
    }
    return notes;
  }

  drawActions() {
    const { card, last } = this.inHand;
    const isManager = this.facts.store.role !== "staff";
    byId("quantity", HTMLElement).hidden = !isManager || !this.hasStamps || !card;
    write("quantity-count", number(this.quantity));
    write("stamp-label", plural("add_stamps", this.quantity));
    allow("stamp-button", this.mayStamp());
    allow("earn-button", !card || card.is_active);
    this.drawCountdown();
    const redemption = this.redemption();
    write("redeem-reason", redemption.reason);
    allow("redeem-button", redemption.allowed);
    byId("redeem-button", HTMLElement).classList.toggle("ready", redemption.ready);
    this.drawVoid(last);
  }

  mayStamp() {
    const { card } = this.inHand;
    return !card || (card.is_active && (card.can_stamp.allowed || this.secondsLeft() === 0));
  }

  /** Until the next stamp is allowed; null if waiting does not help. */
  secondsLeft() {
    return this.stampAllowedAt && Math.max(0, Math.ceil((this.stampAllowedAt - Date.now()) / 1000));
  }

  /** Under the big button: the reason why not, counting down where time will mend it. */
  drawCountdown() {
    clearTimeout(this.countdown);
    const { card } = this.inHand;
    if (!card || card.can_stamp.allowed || !card.is_active) {
      write("stamp-reason", card && !card.is_active ? text("card_inactive") : "");
      return;
    }
    const left = this.secondsLeft();
    const code = card.can_stamp.code ?? "";
    const key = hasText(`not_now_${code}`) ? `not_now_${code}` : "not_now";
    write("stamp-reason", text(key, { time: left === null ? "" : duration(left) }));
    if (left && !this.signal.aborted) this.countdown = setTimeout(() => this.tick(), 1000);
  }

  /** @param {AbortSignal} signal  of the screen that has come on again */
  resume(signal) {
    this.signal = signal;
    this.drawActions();
    this.tick();
  }

  tick() {
    if (this.signal.aborted) return;
    this.drawCountdown();
    if (this.secondsLeft() === 0) this.dispatchEvent(new Event("recheck"));
  }

  /** @returns {{allowed: boolean, ready: boolean, reason: string}} */
  redemption() {
    const { card } = this.inHand;
    if (this.isOffline || !card) return { allowed: false, ready: false, reason: text("needs_network") };
    if (!card.is_active) return { allowed: false, ready: false, reason: text("card_inactive") };
    const affordable = this.hasPoints ? card.rewards.filter((reward) => reward.affordable) : [];
    const names = affordable.map((reward) => reward.name);
    if (this.hasStamps && card.stamp_reward.ready) names.unshift(rewardName(card));
    if (names.length)
      return {
        allowed: true,
        ready: true,
        reason: names.length > 1 ? plural("rewards_ready", names.length) : names[0],
      };
    const closest = [...card.rewards].sort((a, b) => a.missing - b.missing)[0];
    if (this.hasPoints && closest) {
      return {
        allowed: true,
        ready: false,
        reason: plural("points_missing_for", closest.missing, { reward: closest.name }),
      };
    }
    if (!this.hasStamps) return { allowed: false, ready: false, reason: text("no_rewards") };
    return { allowed: false, ready: false, reason: goalLine(card) };
  }

  /** @param {Transaction | null} last */
  drawVoid(last) {
    const isAllowed = this.facts.program.settings.allow_void_transactions;
    byId("void-button", HTMLElement).hidden = !isAllowed;
    const nothing = text(this.isOffline || !this.inHand.card ? "needs_network" : "nothing_to_void");
    write("void-reason", last && !this.isOffline ? describe(last, this.facts.store.timezone) : nothing);
    allow("void-button", last !== null && !this.isOffline);
  }
}

/**
 * What a transaction was, e.g. "+1 stamp, 8:12".
 *
 * @param {Transaction} transaction
 * @param {string} timezone
 */
export function describe(transaction, timezone) {
  const parts = [changeInWords(transaction), particulars(transaction)].filter(Boolean).join(", ");
  return text("what_and_when", { what: parts, when: when(transaction.transaction_at, timezone) });
}

/** @param {Card} card */
export function rewardName(card) {
  return card.stamp_reward.description || text("full_card_reward");
}

/** @param {Card} card */
function goalLine(card) {
  const missing = card.stamps_target - card.stamp_count;
  const reward = rewardName(card);
  return missing > 0 ? plural("stamps_missing_for", missing, { reward }) : text("card_full", { reward });
}

/**
 * @param {string} id
 * @param {string} words
 */
function write(id, words) {
  byId(id, HTMLElement).textContent = words;
}

/**
 * A button that cannot be used now stays readable, with its reason.
 *
 * @param {string} id
 * @param {boolean} isAllowed
 */
function allow(id, isAllowed) {
  byId(id, HTMLElement).setAttribute("aria-disabled", String(!isAllowed));
}
