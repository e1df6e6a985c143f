/** A new customer, enrolled by staff: errors stand beside their field, and nothing that was typed is lost. */

import { askAboutSlips } from "../address-slips.js";
import { isMistyped } from "./card-codes.js";
import { byId } from "./dom.js";
import { text } from "./texts.js";

/** @import { ProblemDocument } from "./types.js" */

const NAME = /^[\p{L}\p{M} .'’-]+$/u;
// However it is written; what has the shape of a card's number is a slip in one.
const PHONE = /^\+?[\d\s()./-]{6,}$/;

/** Dispatches "enrol" with the body of the call. */
export class EnrolScreen extends EventTarget {
  constructor() {
    super();
    this.form = byId("enrol-form", HTMLFormElement);
    this.error = byId("enrol-error", HTMLElement);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.form.addEventListener("input", (event) => {
      if (event.target instanceof HTMLElement) this.clearError(event.target);
    });
    askAboutSlips(byId("enrol-email", HTMLInputElement));
    byId("enrol-birth-date", HTMLInputElement).max = new Date().toISOString().slice(0, 10);
  }

  /** @param {string} typed  what was looked for and not found: an e-mail, a phone number or a name */
  open(typed = "") {
    this.form.reset();
    this.clearErrors();
    this.field("email").value = typed.includes("@") ? typed : "";
    this.field("name").value = NAME.test(typed) ? typed : "";
    this.field("phone").value = PHONE.test(typed) && !isMistyped(typed) ? typed : "";
  }

  /** What stands in the form, to be put back later; the form is empty then. */
  takeOut() {
    const typed = new FormData(this.form);
    this.form.reset();
    this.clearErrors();
    return typed;
  }

  /** @param {FormData} typed  as `takeOut` gave it */
  putBack(typed) {
    for (const field of this.form.elements) {
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = typed.has(field.name);
      else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
        field.value = String(typed.get(field.name) ?? "");
      }
    }
  }

  submit() {
    this.clearErrors();
    const email = this.field("email");
    // What the browser thinks of an address does not count: the server knows more of them.
    if (email.value.trim() && !email.value.includes("@")) this.showError("email", text("email_wrong"));
    if (this.form.querySelector("[aria-invalid=true]")) return this.focusFirstError();
    this.dispatchEvent(new CustomEvent("enrol", { detail: this.body() }));
  }

  body() {
    const data = new FormData(this.form);
    /** @type {Record<string, unknown>} */
    const body = { create_if_missing: true, marketing_consent: data.has("marketing_consent") };
    for (const name of ["name", "email", "phone", "birth_date", "language"]) {
      const value = String(data.get(name) ?? "").trim();
      if (value) body[name] = value;
    }
    return body.name || body.email || body.phone ? body : { ...body, create_if_missing: false, nameless: true };
  }

  /** @param {ProblemDocument} problem */
  showProblem(problem) {
    const errors = problem.errors ?? [];
    for (const { field, message } of errors) {
      if (this.form.elements.namedItem(field)) this.showError(field, message);
    }
    if (!this.form.querySelector("[aria-invalid=true]")) this.say(errors[0]?.message ?? problem.detail);
    this.focusFirstError();
  }

  /** @param {string} words */
  say(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
  }

  /**
   * @param {string} name
   * @param {string} words
   */
  showError(name, words) {
    const field = this.field(name);
    const place = byId(`${field.id}-error`, HTMLElement);
    place.textContent = words;
    place.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", place.id);
  }

  clearErrors() {
    this.say("");
    for (const field of this.form.querySelectorAll("[aria-invalid]")) this.clearError(field);
  }

  /**
   * What is being mended is wrong no more.
   *
   * @param {Element} field
   */
  clearError(field) {
    if (!field.hasAttribute("aria-invalid")) return;
    byId(`${field.id}-error`, HTMLElement).hidden = true;
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }

  focusFirstError() {
    const field = this.form.querySelector("[aria-invalid=true]");
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }
}
