/**
 * The enrolment form, made smoother: the server's errors (in the visitor's language) instead of the browser's, one
 * submission for two taps, and nothing typed lost by choosing another language.
 */

import { askAboutSlips } from "../address-slips.js";

const KEPT = "join-typed";

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form.join");

/** @param {HTMLFormElement} form */
function typedInto(form) {
  const typed = new FormData(form);
  typed.delete("csrfmiddlewaretoken");
  return [...typed].filter(([, value]) => typeof value === "string" && value !== "");
}

/** @param {HTMLFormElement} form */
function bringBack(form) {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  for (const [name, value] of JSON.parse(kept ?? "[]")) {
    const field = form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement)) continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  }
}

/**
 * A date typed in part never reaches the server, which could therefore not complain about it.
 * @param {HTMLFormElement} form
 */
function halfTyped(form) {
  return [...form.elements].find((field) => field instanceof HTMLInputElement && field.validity.badInput);
}

if (form) {
  form.noValidate = true;
  bringBack(form);
  const email = form.elements.namedItem("email");
  if (email instanceof HTMLInputElement) askAboutSlips(email);

  form.addEventListener("submit", (event) => {
    const field = halfTyped(form);
    if (field instanceof HTMLInputElement) {
      event.preventDefault();
      form.noValidate = false;
      field.reportValidity();
      form.noValidate = true;
      return;
    }
    const button = form.querySelector("button[type=submit]");
    if (button?.getAttribute("aria-disabled") === "true") event.preventDefault();
    button?.setAttribute("aria-disabled", "true");
  });

  // Coming back with the browser's arrow: the button works again.
  window.addEventListener("pageshow", () => form.querySelector("button[type=submit]")?.removeAttribute("aria-disabled"));

  for (const link of document.querySelectorAll(".language-menu a")) {
    link.addEventListener("click", () => sessionStorage.setItem(KEPT, JSON.stringify(typedInto(form))));
  }
}
