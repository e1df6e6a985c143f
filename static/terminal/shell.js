/** What the terminal needs to open without a network: a service worker for the empty shell, and the store's facts. */

import * as database from "./database.js";
import { byId, jsonBlock } from "./dom.js";

/** @import { Facts } from "./types.js" */

/**
 * The facts that come with the page, or, in the shell, those of the last visit to this store.
 *
 * @returns {Promise<{facts: Facts | null, isShell: boolean}>}
 */
export async function loadFacts() {
  /** @type {Facts | null} */
  const facts = jsonBlock("terminal-facts");
  if (facts) {
    await database.put("facts", facts).catch(() => undefined); // without them there is only no start offline
    return { facts, isShell: false };
  }
  const [storeCode] = location.pathname.split("/").filter(Boolean).slice(-1);
  const kept = (await database.get("facts", storeCode)) ?? null;
  if (kept) dress(kept);
  return { facts: kept, isShell: true };
}

/**
 * Keep the shell up to date, in the language that is chosen now.
 *
 * @param {string} address  of the service worker
 */
export async function keepShell(address) {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(address);
    const registration = await navigator.serviceWorker.ready;
    registration.active?.postMessage("refresh-shell");
  } catch (error) {
    console.info("The terminal will not open without a network:", error);
  }
}

/**
 * The shell is nobody's: give it the store's name and colour.
 *
 * @param {Facts} facts
 */
function dress(facts) {
  byId("merchant-name", HTMLElement).textContent = facts.store.merchant.name;
  byId("store-name", HTMLElement).textContent = facts.store.name;
  byId("mark", HTMLElement).textContent = facts.store.merchant.name.slice(0, 1).toUpperCase();
  document.body.dataset.program = facts.program.loyalty_type;
  const brand = document.createElement("link");
  brand.rel = "stylesheet";
  brand.href = facts.brand_stylesheet;
  document.head.append(brand);
}
