// What Unfold's pages lack: menus that open by keyboard, and tabs measured once everything is in its place.

// On paper everything is dark on white, whatever the screen shows.
const paper = window.matchMedia("print");
let wasDark = false;
paper.addEventListener("change", () => {
  const looks = document.documentElement.classList;
  if (paper.matches) wasDark = looks.contains("dark");
  if (wasDark) looks.toggle("dark", !paper.matches);
});

window.addEventListener("load", () => {
  // Unfold puts tabs away while fonts and columns are still moving; measured again, they come back.
  for (let tab = 0; tab < 12; tab += 1) window.dispatchEvent(new Event("resize"));
});

document.addEventListener("DOMContentLoaded", () => {
  // The labels of a narrow table are the names of fields, which begin with a small letter.
  for (const cell of document.querySelectorAll("[data-label]")) {
    const label = cell.getAttribute("data-label") ?? "";
    cell.setAttribute("data-label", label.charAt(0).toLocaleUpperCase() + label.slice(1));
  }
  // Its buttons are links without an address, or plain boxes.
  const pressable = "a[x-on\\:click]:not([href]), div[x-on\\:click]:not(:has(a, button, input)), span[x-on\\:click]";
  for (const box of document.querySelectorAll(pressable)) {
    box.setAttribute("role", "button");
    box.setAttribute("tabindex", "0");
  }
  // Its icons are words in a typeface of symbols: where there are other words, nobody should hear them.
  for (const icon of document.querySelectorAll(".material-symbols-outlined:not([role])")) {
    const control = icon.closest("a, button, [role=button]");
    const words = control?.textContent?.replace(icon.textContent ?? "", "").trim();
    if (!control || words) icon.setAttribute("aria-hidden", "true");
  }
});

// A second click on its button sends no form once more: it made two of what was to be added.
const PATIENCE_MS = 20_000; // after which somebody whose page did not come may ask for it again
/** @type {Set<EventTarget | null>} */
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  setTimeout(() => sent.delete(form), PATIENCE_MS);
});

// Back by the browser's arrow, a form is sent anew
window.addEventListener("pageshow", () => sent.clear());

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLElement) || box.getAttribute("role") !== "button") return;
  if (box.matches("button, [href]") || !["Enter", " "].includes(event.key)) return;
  event.preventDefault();
  box.click();
});
