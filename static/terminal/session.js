/**
 * Who is at the till: the staff token of whoever typed their PIN, kept for this tab only, until it ends, the person
 * locks, or nobody has touched the terminal for the idle time.
 */

import { aheadBy, now, rememberAhead } from "./api.js";

const TOUCHES = ["pointerdown", "keydown"];
const CHECK_EVERY_MS = 5_000;

/**
 * @typedef {object} Staff
 * @property {number} id
 * @property {string} name
 * @property {string} token
 * @property {string} expiresAt  ISO time
 */

/** Dispatches "idle" when it is time to lock. */
export class Session extends EventTarget {
  /**
   * @param {string} store  store code
   * @param {number} idleSeconds
   */
  constructor(store, idleSeconds) {
    super();
    this.shelf = `till:${store}`;
    this.idleMs = idleSeconds * 1000;
    /** @type {Staff | null} */
    this.staff = null;
    this.touchedAt = Date.now();
    this.restore();
  }

  start() {
    for (const name of TOUCHES) addEventListener(name, (event) => this.onTouch(event), { capture: true });
    addEventListener("pagehide", () => this.save());
    addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    setInterval(() => this.check(), CHECK_EVERY_MS);
    document.addEventListener("visibilitychange", () => this.check());
  }

  /** The token to send, null if nobody is there. */
  get token() {
    return this.staff?.token ?? null;
  }

  /** @param {Staff} staff */
  begin(staff) {
    this.staff = staff;
    this.touch();
    this.save();
  }

  end() {
    this.staff = null;
    keepInTab(this.shelf, null);
  }

  touch() {
    this.touchedAt = Date.now();
  }

  /**
   * Timers rest while a device sleeps: the first touch afterwards may be a stranger's, and only locks.
   *
   * @param {Event} event
   */
  onTouch(event) {
    const wasSomebody = this.staff !== null;
    this.check();
    if (wasSomebody && !this.staff) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    this.touch();
  }

  check() {
    const isIdle = Date.now() - this.touchedAt >= this.idleMs;
    const hasEnded = this.staff !== null && Date.parse(this.staff.expiresAt) <= now();
    if (!isIdle && !hasEnded) return;
    this.touch();
    this.dispatchEvent(new Event("idle"));
  }

  /** The browser shows the page as it was left: who has locked the till in this tab meanwhile has locked this one. */
  comeBack() {
    if (this.staff && recall(this.shelf)?.staff.token !== this.staff.token) this.dispatchEvent(new Event("idle"));
  }

  save() {
    if (!this.staff) return;
    keepInTab(this.shelf, { staff: this.staff, touchedAt: this.touchedAt, ahead: aheadBy() });
  }

  /** After a reload the person goes on where they were, if it did not take too long. */
  restore() {
    const saved = recall(this.shelf);
    rememberAhead(saved?.ahead);
    if (
      !saved ||
      Date.now() - saved.touchedAt >= this.idleMs ||
      Date.parse(saved.staff.expiresAt) <= now()
    )
      return;
    this.staff = saved.staff;
    this.touchedAt = saved.touchedAt;
  }
}

/**
 * What this tab keeps over a reload; where the browser refuses, it keeps nothing.
 *
 * @param {string} name
 * @returns {any}  null for nothing
 */
function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value  null to forget it
 */
function keepInTab(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // a reload then asks for the PIN
  }
}
