/**
 * What a till can do without in its first moments: screens and sheets that are loaded once it has come to rest, or when
 * somebody is quicker. One that could not be had is asked for again when it is wanted; the service worker keeps them all.
 */

/** @import { CheckSheet } from "./check-sheet.js" */
/** @import { EnrolScreen } from "./enrol-screen.js" */
/** @import { MendSheet } from "./mend-sheet.js" */
/** @import { ReturnScreen } from "./return-screen.js" */
/** @import { Till } from "./till.js" */

const AT_REST_MS = 1_000;

export class Parts {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    /** @type {CheckSheet | null} */
    this.checkSheet = null;
    /** @type {EnrolScreen | null} */
    this.enrolScreen = null;
    /** @type {MendSheet | null} */
    this.mendSheet = null;
    /** @type {ReturnScreen | null} */
    this.returnScreen = null;
  }

  start() {
    setTimeout(() => this.bringAll(), AT_REST_MS);
  }

  bringAll() {
    return Promise.allSettled([
      this.bringCheckSheet(),
      this.bringEnrolScreen(),
      this.bringMendSheet(),
      this.bringReturnScreen(),
      import("./forgive-sheet.js"),
      import("./limits.js"),
      import("./outcome-words.js"),
      import("./purchase-words.js"),
      import("./rewards-sheet.js"),
      import("./take-card.js"),
    ]);
  }

  async bringCheckSheet() {
    const { CheckSheet } = await import("./check-sheet.js");
    return (this.checkSheet ??= new CheckSheet(this.till));
  }

  async bringEnrolScreen() {
    const { EnrolScreen } = await import("./enrol-screen.js");
    if (this.enrolScreen) return this.enrolScreen;
    const { till } = this;
    this.enrolScreen = new EnrolScreen();
    this.enrolScreen.addEventListener("enrol", (event) => {
      till.take(till.checkout.enrol(/** @type {CustomEvent} */ (event).detail));
    });
    return this.enrolScreen;
  }

  async bringMendSheet() {
    const { MendSheet } = await import("./mend-sheet.js");
    return (this.mendSheet ??= new MendSheet(this.till));
  }

  async bringReturnScreen() {
    const { ReturnScreen } = await import("./return-screen.js");
    if (this.returnScreen) return this.returnScreen;
    const { till } = this;
    this.returnScreen = new ReturnScreen(till.facts, till.api);
    this.returnScreen.addEventListener("return", (event) => {
      const { purchase, cents, reason } = /** @type {CustomEvent} */ (event).detail;
      till.take(till.checkout.giveBack(purchase, cents, reason));
    });
    return this.returnScreen;
  }
}
