/**
 * Which screen is on, and how long what was begun there lives. The stylesheet shows the section whose name the body
 * carries.
 *
 * What a screen begins (a countdown, a question to the server) has its `signal` and ends with it; what a person begins
 * has `unlocked` and ends when the till locks. Nothing but `unlock` opens the way out of the lock.
 */

/** @typedef {"lock" | "scan" | "card" | "amount" | "return" | "enrol"} ScreenName */

/** Dispatches "change" with {from, to} when another screen comes on. */
export class Screens extends EventTarget {
  constructor() {
    super();
    this.isLocked = true;
    this.screenLife = new AbortController();
    this.unlockedLife = new AbortController();
    this.unlockedLife.abort();
  }

  get current() {
    return /** @type {ScreenName} */ (document.body.dataset.screen);
  }

  /** Aborted when another screen comes on, or this one again. */
  get signal() {
    return this.screenLife.signal;
  }

  /** Aborted when the till locks, and while it is locked. */
  get unlocked() {
    return this.unlockedLife.signal;
  }

  /** A PIN was right, or the shop wants none. */
  unlock() {
    this.isLocked = false;
    this.unlockedLife.abort();
    this.unlockedLife = new AbortController();
  }

  /**
   * @param {ScreenName} name
   * @param {HTMLElement} [focus]  what gets the focus; else the page's main part, so that keys go nowhere in particular
   * @returns {boolean}  whether it came on: the lock stays until `unlock`
   */
  show(name, focus) {
    if (name === "lock") this.lock();
    if (this.isLocked && name !== "lock") return false;
    this.screenLife.abort();
    this.screenLife = new AbortController();
    const from = this.current;
    document.body.dataset.screen = name;
    delete document.body.dataset.side;
    document.body.removeAttribute("data-busy");
    closeOff(this.isLocked);
    (focus ?? document.getElementById("main"))?.focus({ preventScroll: true });
    document.querySelector(`[data-screen-name=${name}]`)?.scrollTo(0, 0);
    if (from !== name) this.dispatchEvent(new CustomEvent("change", { detail: { from, to: name } }));
    return true;
  }

  lock() {
    this.isLocked = true;
    this.unlockedLife.abort();
  }
}

/**
 * A moment later, if the screen that began it is still on.
 *
 * @param {AbortSignal} signal  of that screen
 * @param {number} milliseconds
 * @param {() => unknown} work
 * @returns {number}  for `clearTimeout`
 */
export function later(signal, milliseconds, work) {
  return signal.aborted ? 0 : setTimeout(() => signal.aborted || work(), milliseconds);
}

/**
 * Behind the lock nothing can be pressed or reached; the language and the way to another store stay.
 *
 * @param {boolean} isLocked
 */
function closeOff(isLocked) {
  for (const part of document.querySelectorAll("main > :not([data-screen-name=lock]), #net, #lock-button")) {
    part.toggleAttribute("inert", isLocked);
  }
}
