/**
 * The copy of the card that this device keeps: made by the service worker, deleted here.
 * Whoever deleted it is not given a new one; that wish is all that stays.
 */

const WISH = "card-copy";
const REFUSED = "refused";

/** @param {"kept" | "gone"} state */
function show(state) {
  for (const part of document.querySelectorAll("[data-copy]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.copy !== state;
  }
}

/** The files of this page that the copy needs beside it. */
function usedFiles() {
  return performance
    .getEntriesByType("resource")
    .map((entry) => new URL(entry.name))
    .filter((address) => address.origin === location.origin && /^\/(static|brand|media)\//.test(address.pathname))
    .map((address) => address.href);
}

/**
 * @param {string} worker address of the service worker's script
 * @param {string} page path of the card, which is the worker's scope
 */
async function keep(worker, page) {
  localStorage.removeItem(WISH);
  await navigator.serviceWorker.register(worker, { scope: page });
  const { active } = await navigator.serviceWorker.ready;
  show(active && (await isKept(active, page)) ? "kept" : "gone");
}

/**
 * Have the copy made. Only when all of it is there can it be promised, or be deleted for good.
 *
 * @param {ServiceWorker} worker
 * @param {string} page
 * @returns {Promise<boolean>}
 */
function isKept(worker, page) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ keep: page, files: usedFiles() }, [port2]);
  return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
}

/** @param {string} page */
async function remove(page) {
  localStorage.setItem(WISH, REFUSED);
  await forget(page);
  show("gone");
}

/**
 * Let nothing of a card be left on this device. It is no wish: another card may leave its copy here.
 *
 * @param {string} page path of the card
 */
export async function forget(page) {
  if (!("serviceWorker" in navigator)) return;
  await caches.delete(page);
  const registration = await navigator.serviceWorker.getRegistration(page);
  await registration?.unregister();
}

/** Keep a copy unless it is not wanted, and connect the two buttons. */
export async function setUpCopy() {
  const { worker, page } = document.body.dataset;
  if (!worker || !page || !("serviceWorker" in navigator)) return;
  document.querySelector("[data-copy-action=delete]")?.addEventListener("click", () => remove(page));
  document.querySelector("[data-copy-action=keep]")?.addEventListener("click", () => keep(worker, page));
  if (localStorage.getItem(WISH) === REFUSED) show("gone");
  else await keep(worker, page).catch(() => show("gone"));
}
