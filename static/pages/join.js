/**
 * The enrolment form, made smoother: the server's errors (in the visitor's language) instead of the browser's, one
 * submission for two taps, and nothing typed lost by choosing another language, or by sending it without a network.
 */

import { askAboutSlips } from "../address-slips.js";

/** What was typed into the form of this page, and of no other that is opened in the same window later. */
const KEPT = `join-typed:${location.pathname}`;

/** Somebody who has stopped a page that did not come has to be able to ask for it again. */
const PATIENCE_MS = 20_000;

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form.join");

/**
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
function fieldsOf(form) {
  const inputs = [...form.querySelectorAll("input")].filter((input) => input.type !== "hidden");
  return [...inputs, ...form.querySelectorAll("select")];
}

/**
 * @param {Field} field
 * @returns {field is HTMLInputElement}
 */
const isTicked = (field) => field instanceof HTMLInputElement && field.type === "checkbox";

/**
 * All fields as they stand: what was emptied or unticked is typed as well.
 *
 * @param {HTMLFormElement} form
 */
function keep(form) {
  const typed = fieldsOf(form).map((field) => [field.name, isTicked(field) ? field.checked : field.value]);
  sessionStorage.setItem(KEPT, JSON.stringify(typed));
}

/** @param {HTMLFormElement} form */
function bringBack(form) {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const typed = new Map(JSON.parse(kept ?? "[]"));
  for (const field of fieldsOf(form)) {
    if (!typed.has(field.name)) continue;
    if (isTicked(field)) field.checked = typed.get(field.name);
    else field.value = typed.get(field.name);
  }
}

/**
 * A date typed in part never reaches the server, which could therefore not complain about it.
 * @param {HTMLFormElement} form
 */
function halfTyped(form) {
  return [...form.elements].find((field) => field instanceof HTMLInputElement && field.validity.badInput);
}

/**
 * Without a network the browser's own page of errors would take the place of the form, and its way back brings an empty
 * one: so nothing is sent, and that is said. A browser may be wrong about it: whoever taps again has it tried.
 *
 * @param {HTMLFormElement} form
 */
function holdsBack(form) {
  const words = /** @type {HTMLElement | null} */ (form.querySelector("[data-not-sent]"));
  if (!words || navigator.onLine || !words.hidden) return false;
  words.hidden = false;
  window.addEventListener("online", () => (words.hidden = true), { once: true });
  return true;
}

if (form) {
  form.noValidate = true;
  bringBack(form);
  const email = form.elements.namedItem("email");
  if (email instanceof HTMLInputElement) askAboutSlips(email);

  const button = form.querySelector("button[type=submit]");
  const release = () => button?.removeAttribute("aria-disabled");

  form.addEventListener("submit", (event) => {
    const field = halfTyped(form);
    if (field instanceof HTMLInputElement) {
      event.preventDefault();
      form.noValidate = false;
      field.reportValidity();
      form.noValidate = true;
      return;
    }
    if (button?.getAttribute("aria-disabled") === "true") return event.preventDefault();
    if (holdsBack(form)) return event.preventDefault();
    button?.setAttribute("aria-disabled", "true");
    setTimeout(release, PATIENCE_MS);
  });

  // Coming back with the browser's arrow: the button works again.
  window.addEventListener("pageshow", release);

  for (const link of document.querySelectorAll(".language-menu a")) {
    link.addEventListener("click", () => keep(form));
  }
}
