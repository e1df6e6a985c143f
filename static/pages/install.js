/** "Put the card on the home screen": offered where the browser can do it. */

/** @typedef {Event & { prompt: () => Promise<unknown> }} InstallPromptEvent */

export function setUpInstall() {
  const offer = document.querySelector("[data-install]");
  if (!(offer instanceof HTMLElement)) return;
  /** @type {InstallPromptEvent | undefined} */
  let prompt;

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = /** @type {InstallPromptEvent} */ (event);
    offer.hidden = false;
  });
  window.addEventListener("appinstalled", () => {
    offer.hidden = true;
  });
  offer.querySelector("button")?.addEventListener("click", () => prompt?.prompt());
}
