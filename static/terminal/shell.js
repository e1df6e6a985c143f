/** What the terminal needs to open without a network: a service worker for the empty shell, and the store's facts. */

import * as database from "./database.js";
import { byId, jsonBlock } from "./dom.js";
import { showStrip } from "./strips.js";

/** @import { Facts } from "./types.js" */

const LOOK_EVERY_MS = 60 * 60 * 1000;

/**
 * The facts that come with the page, or, in the shell, those of the last visit to this store.
 *
 * @returns {Promise<{facts: Facts | null, isShell: boolean}>}
 */
export async function loadFacts() {
  /** @type {Facts | null} */
  const facts = jsonBlock("terminal-facts");
  if (facts) {
    await database.put("facts", facts);
    return { facts, isShell: false };
  }
  const [storeCode] = location.pathname.split("/").filter(Boolean).slice(-1);
  const kept = (await database.get("facts", storeCode)) ?? null;
  if (kept) dress(kept);
  return { facts: kept, isShell: true };
}

/**
 * Keep the shell up to date, in the language that is chosen now; a newer version of the till is said to be there.
 *
 * @param {string} address  of the service worker
 */
export async function keepShell(address) {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const isFirst = !serviceWorker.controller;
  serviceWorker.addEventListener("controllerchange", () => isFirst || showStrip("newer"));
  try {
    await serviceWorker.register(address);
    const registration = await serviceWorker.ready;
    registration.active?.postMessage("refresh-shell");
    setInterval(() => registration.update().catch(() => undefined), LOOK_EVERY_MS);
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
