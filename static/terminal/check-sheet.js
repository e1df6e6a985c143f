/** The set-up check: what this device can do at the counter, tried one thing after the other. */

import * as database from "./database.js";
import { byId, changeIcon } from "./dom.js";
import { openSheet } from "./sheet.js";
import { play } from "./sound.js";
import { text } from "./texts.js";

/** @import { Till } from "./till.js" */

/** @typedef {"network" | "storage" | "camera" | "sound" | "scanner"} Part */

const SLOW_MS = 1_500;
const ICONS = { good: "check", poor: "info", bad: "x", open: "clock" };

export class CheckSheet {
  /** @param {Till} till */
  constructor(till) {
    this.till = till;
    this.sheet = byId("check-sheet", HTMLDialogElement);
    byId("check-heard", HTMLElement).addEventListener("click", () => this.note("sound", "good"));
    byId("check-unheard", HTMLElement).addEventListener("click", () => this.note("sound", "bad"));
    byId("check-again", HTMLElement).addEventListener("click", () => play("ok"));
  }

  get isOpen() {
    return this.sheet.open;
  }

  /** @param {AbortSignal} signal  of the person who checks */
  async open(signal) {
    const closed = openSheet(this.sheet, signal);
    this.note("scanner", "open");
    this.note("sound", "open");
    play("ok");
    await Promise.all([this.tryNetwork(), this.tryStorage(), this.tryCamera()]);
    await closed;
    if (this.till.screens.current !== "scan") this.till.scanScreen.stopCamera();
  }

  /** A scanner was used while the sheet is open. */
  onCode() {
    this.note("scanner", "good");
  }

  async tryNetwork() {
    this.note("network", "open");
    const begun = performance.now();
    const isThere = await this.till.api.get("").then(
      () => true,
      () => false,
    );
    const isSlow = performance.now() - begun > SLOW_MS;
    this.note("network", isThere ? (isSlow ? "poor" : "good") : "bad");
  }

  async tryStorage() {
    this.note("storage", "open");
    await database.all("facts");
    const isSafe = await navigator.storage?.persisted?.();
    this.note("storage", database.isKept() ? (isSafe ? "good" : "poor") : "bad");
  }

  async tryCamera() {
    this.note("camera", "open");
    const { scanner } = this.till;
    const isOn = await scanner.start().then(
      () => true,
      () => false,
    );
    const canRead = isOn && (await scanner.canRead);
    this.note("camera", canRead ? "good" : isOn ? "bad" : "poor");
  }

  /**
   * @param {Part} part
   * @param {"good" | "poor" | "bad" | "open"} state
   */
  note(part, state) {
    const row = byId(`check-${part}`, HTMLElement);
    row.dataset.state = state;
    changeIcon(row, ICONS[state]);
    const words = row.querySelector("small");
    if (words) words.textContent = text(`check_${part}_${state}`);
  }
}
