/** The result fills the screen: colour, icon, words and a sound. It goes away by itself only when all is well. */

import { byId, changeIcon } from "./dom.js";
import { cover } from "./sheet.js";
import { play } from "./sound.js";
import { text } from "./texts.js";

const STAYS_MS = 4_000;
const ICONS = { ok: "check", noted: "cloud-off", warn: "alert", bad: "x" };
const LEAVES_BY_ITSELF = new Set(["ok", "noted"]);
const TOLD = "result-detail result-note";

/**
 * @typedef {object} Result
 * @property {"ok" | "noted" | "warn" | "bad"} kind  noted: kept on this device, and booked later
 * @property {string} title
 * @property {string} [detail]
 * @property {string} [note]  a second line, e.g. that it was only saved
 * @property {string | null} [icon]
 * @property {string | null} [undo]  label of the button that takes it back; no button without
 * @property {string} [undoIcon]
 * @property {string} [next]  label of the other button
 * @property {string | null} [more]  label of what comes next for this very card; then it stays until somebody chooses
 * @property {boolean} [isQuestion]  nothing has happened yet: Escape means no
 *
 * @typedef {"undo" | "next" | "more" | "left" | "replaced"} Choice  left: by itself, which is as good as next
 */

export class ResultScreen {
  constructor() {
    this.dialog = byId("result", HTMLDialogElement);
    this.undoButton = byId("result-undo", HTMLButtonElement);
    this.nextButton = byId("result-next", HTMLButtonElement);
    this.moreButton = byId("result-more", HTMLButtonElement);
    this.timer = 0;
    this.kind = "ok";
    this.isQuestion = false;
    /** @type {((choice: Choice) => void) | null} */
    this.resolve = null;
    this.undoButton.addEventListener("click", () => this.choose("undo"));
    this.nextButton.addEventListener("click", () => this.choose("next"));
    this.moreButton.addEventListener("click", () => this.choose("more"));
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.choose(this.isQuestion ? "undo" : "next");
    });
    for (const name of ["pointermove", "keydown"]) this.dialog.addEventListener(name, () => this.stay());
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Whether the next scan may take its place: a problem has to be seen and a question answered first. */
  get mayBeReplaced() {
    return !this.isOpen || LEAVES_BY_ITSELF.has(this.kind);
  }

  /**
   * Show a result until somebody chooses, or a few seconds if it is good.
   *
   * @param {Result} result
   * @returns {Promise<Choice>}
   */
  show({
    kind,
    title,
    detail = "",
    note = "",
    icon = null,
    isQuestion = false,
    undo = null,
    undoIcon = isQuestion ? "back" : "undo",
    next = text("next_customer"),
    more = null,
  }) {
    this.choose("replaced");
    this.kind = kind;
    this.isQuestion = isQuestion;
    this.dialog.dataset.kind = kind;
    changeIcon(byId("result-icon", HTMLElement), icon ?? ICONS[kind]);
    changeIcon(byId("result-undo-icon", HTMLElement), undoIcon);
    this.markNoted(kind === "noted");
    write("result-title", title);
    write("result-detail", detail);
    write("result-note", note);
    write("result-undo-label", undo ?? "");
    write("result-next-label", next);
    write("result-more-label", more ?? "");
    this.dialog.toggleAttribute("data-feast", Boolean(more));
    this.undoButton.hidden = !undo;
    this.moreButton.hidden = !more;
    this.nextButton.classList.toggle("solid", !more);
    cover(this.dialog);
    (more ? this.moreButton : this.nextButton).focus();
    play(kind);
    if (LEAVES_BY_ITSELF.has(kind) && !isQuestion && !more) this.leaveSoon();
    return new Promise((resolve) => (this.resolve = resolve));
  }

  /**
   * A hidden line that describes the dialog would be read out all the same.
   *
   * @param {boolean} isNoted
   */
  markNoted(isNoted) {
    byId("result-kicker", HTMLElement).hidden = !isNoted;
    this.dialog.setAttribute("aria-describedby", isNoted ? `result-kicker ${TOLD}` : TOLD);
  }

  /** Close it without a choice. */
  close() {
    this.choose("replaced");
  }

  leaveSoon() {
    byId("result-timer", HTMLElement).classList.add("run");
    this.timer = setTimeout(() => this.choose("left"), STAYS_MS);
  }

  /** Somebody is reading: do not go away under their hands. */
  stay() {
    clearTimeout(this.timer);
    byId("result-timer", HTMLElement).classList.remove("run");
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.stay();
    if (this.dialog.open) this.dialog.close();
    const resolve = this.resolve;
    this.resolve = null;
    resolve?.(choice);
  }
}

/**
 * @param {string} id
 * @param {string} words
 */
function write(id, words) {
  const place = byId(id, HTMLElement);
  place.textContent = words;
  place.hidden = !words;
}
