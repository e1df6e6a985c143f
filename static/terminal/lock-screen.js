/** The lock screen: staff tap their name, which is on the page already, and type their PIN of 4 to 8 digits. */

import { NoAnswer, Problem } from "./api.js";
import { byId, element } from "./dom.js";
import { clock } from "./format.js";
import { listenToKeypad } from "./keypad.js";
import { play } from "./sound.js";
import { plural, text } from "./texts.js";

/** @import { Api } from "./api.js" */
/** @import { Staff } from "./session.js" */
/** @import { Facts, ProblemDocument, StaffName, UnlockedTerminal } from "./types.js" */

const SHORTEST_PIN = 4;
const LONGEST_PIN = 8;

/** Dispatches "unlocked" with the Staff, "locked-out" after too many wrong PINs, "signed-out". */
export class LockScreen extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Api} api
   */
  constructor(facts, api) {
    super();
    this.facts = facts;
    this.api = api;
    this.pin = "";
    /** @type {AbortController | null}  of the PIN that is being asked about */
    this.attempt = null;
    /** @type {string[]}  keys that were pressed while a PIN is being asked about */
    this.ahead = [];
    this.people = document.getElementById("people");
    this.dots = byId("pin-dots", HTMLElement);
    this.people?.addEventListener("change", () => this.choose());
    const isOn = () => document.body.dataset.screen === "lock" && this.people !== null;
    listenToKeypad(byId("pin-keys", HTMLElement), isOn, (key) => this.press(key));
    this.draw();
  }

  /** Begin anew, and see who is locked out by now. */
  open() {
    this.attempt?.abort();
    this.clear();
    this.refresh();
  }

  /** What should have the focus: the name that is chosen. */
  get focus() {
    return this.chosen() ?? undefined;
  }

  /** Another person: the answer to an earlier PIN counts no more. On a small screen the keys are further down. */
  choose() {
    this.attempt?.abort();
    this.clear();
    byId("pin-keys", HTMLElement).scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.pin = "";
    this.ahead = [];
    this.say("");
    this.draw();
  }

  /** @param {string} key */
  press(key) {
    if (this.isAsking) return void this.ahead.push(key);
    if (key === "enter") return void this.unlock();
    this.say("");
    this.type(key);
  }

  get isAsking() {
    return this.attempt !== null && !this.attempt.signal.aborted;
  }

  /** @param {string} key */
  type(key) {
    this.pin = key === "delete" ? this.pin.slice(0, -1) : (this.pin + key).slice(0, LONGEST_PIN);
    this.draw();
  }

  /** What was pressed while a PIN was asked about, and that was wrong, begins the next one. */
  goOn() {
    for (const key of this.ahead.splice(0)) {
      if (key === "enter" || this.isAsking) this.press(key);
      else this.type(key);
    }
  }

  /**
   * Whoever types as fast as a scanner has typed a PIN nevertheless; a card's code is none.
   *
   * @param {string} code
   */
  onCode(code) {
    const typed = this.isAsking ? this.ahead.join("") : this.pin;
    if (code === typed) this.press("enter");
    else if (this.isAsking) this.ahead = [];
    else this.clear();
  }

  draw() {
    const count = Math.max(SHORTEST_PIN, this.pin.length);
    const dots = Array.from({ length: count }, (_, index) =>
      element("i", { class: index < this.pin.length && "on" }),
    );
    this.dots.replaceChildren(...dots);
    byId("pin-count", HTMLElement).textContent = plural("digits", this.pin.length);
    const enter = document.querySelector("#pin-keys [data-key=enter]");
    enter?.setAttribute("aria-disabled", String(this.pin.length < SHORTEST_PIN));
  }

  async unlock() {
    const person = this.chosen();
    if (!person || this.pin.length < SHORTEST_PIN) return;
    const attempt = (this.attempt = new AbortController());
    try {
      /** @type {UnlockedTerminal} */
      const answer = await this.api.post(
        `staff/${person.value}/unlock/`,
        { pin: this.pin },
        { staffToken: null },
      );
      if (attempt.signal.aborted) return;
      this.clear();
      /** @type {Staff} */
      const staff = { ...answer.staff, token: answer.token, expiresAt: answer.expires_at };
      this.dispatchEvent(new CustomEvent("unlocked", { detail: staff }));
    } catch (error) {
      if (attempt.signal.aborted) return;
      attempt.abort();
      this.fail(error);
      this.goOn();
    } finally {
      attempt.abort();
    }
  }

  /** @param {unknown} error */
  fail(error) {
    this.pin = "";
    this.draw();
    play("bad");
    this.dots.classList.remove("shake");
    requestAnimationFrame(() => this.dots.classList.add("shake"));
    if (error instanceof NoAnswer) this.say(text("no_network_to_unlock"));
    else if (error instanceof Problem) this.say(this.explain(error.document));
    else throw error;
    if (error instanceof Problem && error.status === 401 && error.code !== "pin_invalid") {
      this.dispatchEvent(new Event("signed-out"));
    }
    if (error instanceof Problem && error.code === "pin_locked") {
      this.dispatchEvent(new Event("locked-out"));
      this.refresh();
    }
  }

  /** @param {ProblemDocument} problem */
  explain(problem) {
    if (problem.code === "pin_locked" && problem.locked_until) {
      return text("pin_locked_until", { time: clock(problem.locked_until, this.facts.store.timezone) });
    }
    const left = problem.attempts_left;
    if (problem.code === "pin_invalid" && left !== undefined) return plural("pin_wrong", left);
    return problem.detail;
  }

  /** The chooser is in the page; who has been locked out or added since is asked for quietly. */
  async refresh() {
    if (!this.people) return;
    try {
      /** @type {StaffName[]} */
      const staff = await this.api.get("staff/");
      for (const person of staff) this.showLock(person);
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
      if (error instanceof Problem && error.status === 401) this.dispatchEvent(new Event("signed-out"));
    }
  }

  /** @param {StaffName} person */
  showLock(person) {
    const label = this.people?.querySelector(`input[value="${person.id}"]`)?.closest("label");
    const note = label?.querySelector(".person-locked");
    if (note instanceof HTMLElement) note.hidden = !person.locked;
  }

  /** @param {string} words */
  say(words) {
    byId("pin-error", HTMLElement).textContent = words;
  }

  /** @returns {HTMLInputElement | null} */
  chosen() {
    return this.people?.querySelector("input:checked") ?? null;
  }
}
