/** Fit for a counter: the screen stays awake while somebody is at work, and the way back never leads out of the till. */

import { byId } from "./dom.js";

/** @import { Till } from "./till.js" */

export class Counter {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    /** @type {WakeLockSentinel | null} */
    this.awake = null;
    this.isArmed = false;
    this.turn = Promise.resolve();
  }

  start() {
    const { screens } = this.till;
    screens.addEventListener("change", () => this.stayAwake());
    document.addEventListener("visibilitychange", () => this.stayAwake());
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => this.arm());
    addEventListener("popstate", () => this.onBack());
    byId("full-screen", HTMLButtonElement).hidden = !document.fullscreenEnabled;
  }

  /** One after the other: a lock that is granted late, when nobody is at work any more, is let go again. */
  stayAwake() {
    this.turn = this.turn.then(() => this.keepAwake());
  }

  /** Behind the lock the device may sleep. The system lets go by itself whenever the page is hidden. */
  async keepAwake() {
    const isWanted = !this.till.screens.isLocked && !document.hidden;
    try {
      if (!isWanted) await this.awake?.release();
      else if (!this.awake || this.awake.released) this.awake = await navigator.wakeLock?.request("screen");
    } catch {
      // a low battery refuses it
    }
  }

  /** A step of the browser's own is put in front of the till: going back takes that one. Only a touch makes it count. */
  arm() {
    if (this.isArmed) return;
    history.pushState({ till: true }, "");
    this.isArmed = true;
  }

  onBack() {
    this.isArmed = false;
    this.arm();
    const dialog = document.querySelector("dialog[open]");
    if (!(dialog instanceof HTMLDialogElement)) this.till.back();
    else if (dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) dialog.close();
  }

  async fillScreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      // not without a touch of the button itself
    }
  }
}
