/** The card in hand: name, stamps as stamps, points, last visit, what is allowed now and what not, with the reason. */

import { notesOf, owes } from "./card-notes.js";
import { byId, element, icon } from "./dom.js";
import { cardTail, changeInWords, duration, money } from "./format.js";
import { particulars, unseenCard, when } from "./format.js";
import { later } from "./state.js";
import { number, plural, text, hasText } from "./texts.js";

/** @import { Face } from "./faces.js" */
/** @import { CanStamp, Card, Facts, Transaction } from "./types.js" */

const MOST_STAMPS = 10;
const WIDEST_ROW = 10;
const MOST_REWARDS = 5;

/**
 * @typedef {object} InHand
 * @property {Card | null} card  null if only its code is known, because there is no network
 * @property {string} code  what was scanned or typed
 * @property {Transaction | null} last  what can be undone
 * @property {Face | null} [face]  what this device remembers of a card that could not be loaded
 * @property {CanStamp} [canStamp]  what it knows of the next stamp then
 * @property {number} [noted]  stamps that wait here for it
 */

/** Dispatches "recheck" when a waiting time is over, and "drawn" when what may be done has been drawn. */
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

  /** What the card needs now: a full one its reward, else a purchase where the program has points, else a stamp. */
  get usual() {
    const { card } = this.inHand;
    if (this.hasStamps && card?.is_active && card.stamp_reward.ready && !this.isOffline) return "redeem-button";
    return this.hasPoints ? "earn-button" : "stamp-button";
  }

  get usualButton() {
    return byId(this.usual, HTMLButtonElement);
  }

  /** Whether the next stamp would be taken, as the server says it, or as far as this device knows. */
  get canStamp() {
    const { card, canStamp = null } = this.inHand;
    return card ? card.can_stamp : canStamp;
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
    const wait = this.canStamp?.retry_after ?? null;
    this.stampAllowedAt = wait === null ? null : Date.now() + wait * 1000;
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
    const { card, code, face } = this.inHand;
    const number = card?.card_number ?? face?.number;
    const name = card ? card.customer.name : face?.firstName;
    write("customer-name", name || (number ? cardTail(number) : text("card_not_loaded")));
    write("card-number", number ?? unseenCard(code));
    write(
      "last-visit",
      card?.last_activity_at ? when(card.last_activity_at, this.facts.store.timezone) : "–",
    );
  }

  /** The stamps that are on the card, or were when this device saw it last. */
  get stampsKnown() {
    const { card, face } = this.inHand;
    if (card) return { count: card.stamp_count, target: card.stamps_target };
    return face ? { count: Math.min(face.stamps, face.target), target: face.target } : null;
  }

  drawStamps() {
    const { card, face } = this.inHand;
    const known = this.stampsKnown;
    byId("stamps-block", HTMLElement).hidden = !this.hasStamps || !known;
    write("stamp-count", known ? number(known.count) : "–");
    write("stamp-target", known ? `/${number(known.target)}` : "");
    if (!known || !this.hasStamps) return;
    const { count, target } = known;
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
    write("goal-line", card ? goalLine(card) : seenInWords(face, this.facts.store.timezone));
  }

  drawPoints() {
    const { card, face } = this.inHand;
    const balance = card ? card.points_balance : face?.points;
    write("points-balance", balance === undefined ? "–" : number(balance));
    this.drawRewards();
  }

  /** While no amount is typed, the button for purchases says what they give. */
  drawRate() {
    const { points_per_euro: rate } = this.facts.program;
    const points = plural("points", Number(rate), { n: number(Number(rate)) });
    const unit = money(10 ** this.facts.currency_digits, this.facts);
    const what = text(this.hasStamps ? "earn_points_and_stamp" : "earn_points");
    this.drawPurchase(what, this.mayBuy ? text("earn_rate", { money: unit, points }) : text("card_inactive"));
  }

  /**
   * @param {string} what  the purchase, in words
   * @param {string} gives
   */
  drawPurchase(what, gives) {
    write("earn-label", what);
    write("earn-rate", gives);
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
    const notes = notesOf(this.inHand, this.facts).map(([symbol, words]) =>
      element("li", {}, icon(symbol), element("span", { text: words })),
    );
    byId("card-notes", HTMLElement).replaceChildren(...notes);
  }

  drawActions() {
    const { card, last } = this.inHand;
    const isManager = this.facts.store.role !== "staff";
    byId("quantity", HTMLElement).hidden = !isManager || !this.hasStamps || !card;
    write("quantity-count", number(this.quantity));
    write("stamp-label", plural("add_stamps", this.quantity));
    allow("stamp-button", this.mayStamp());
    allow("earn-button", this.mayBuy);
    this.drawCountdown();
    const redemption = this.redemption();
    write("redeem-reason", redemption.reason);
    allow("redeem-button", redemption.allowed);
    for (const id of ["stamp-button", "earn-button", "redeem-button"]) {
      const button = byId(id, HTMLElement);
      button.classList.toggle("big", id === this.usual && button.getAttribute("aria-disabled") !== "true");
    }
    byId("redeem-button", HTMLElement).classList.toggle("ready", redemption.ready);
    byId("forgive-button", HTMLElement).hidden = !isManager || !owes(card);
    allow("forgive-button", !this.isOffline);
    this.drawVoid(last);
    this.dispatchEvent(new Event("drawn"));
  }

  /** Whether an amount may be typed right on the card. */
  get takesAmount() {
    return this.mayBuy && this.usual === "earn-button";
  }

  get mayBuy() {
    const { card, face } = this.inHand;
    return this.hasPoints && ((card ? card.is_active : face?.isActive) ?? true);
  }

  mayStamp() {
    const { card, face } = this.inHand;
    const isActive = (card ? card.is_active : face?.isActive) ?? true;
    return isActive && (!this.canStamp || this.canStamp.allowed || this.secondsLeft() === 0);
  }

  /** Until the next stamp is allowed; null if waiting does not help. */
  secondsLeft() {
    return this.stampAllowedAt && Math.max(0, Math.ceil((this.stampAllowedAt - Date.now()) / 1000));
  }

  /** Under the big button: the reason why not, counting down where time will mend it. */
  drawCountdown() {
    clearTimeout(this.countdown);
    const { card } = this.inHand;
    const { canStamp } = this;
    if (!canStamp || canStamp.allowed || card?.is_active === false) {
      write("stamp-reason", card?.is_active === false ? text("card_inactive") : "");
      return;
    }
    const left = this.secondsLeft();
    const code = canStamp.code ?? "";
    const key = hasText(`not_now_${code}`) ? `not_now_${code}` : "not_now";
    write("stamp-reason", text(key, { time: left === null ? "" : duration(left) }));
    if (left) this.countdown = later(this.signal, 1000, () => this.tick());
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
    byId("card-return-button", HTMLElement).hidden = !isAllowed;
    allow("card-return-button", !this.isOffline);
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
  const missing = card.stamps_until_reward;
  const reward = rewardName(card);
  return missing > 0 ? plural("stamps_missing_for", missing, { reward }) : text("card_full", { reward });
}

/**
 * @param {Face | null | undefined} face
 * @param {string} timezone
 */
function seenInWords(face, timezone) {
  return face ? text("as_of", { when: when(face.seenAt, timezone) }) : "";
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
