/**
 * Lets the terminal open without a network. Kept are the empty shell (a page without any store, person or card) and
 * static files; never data. Everything is asked of the network first, so nothing is ever out of date while there is one.
 *
 * /terminal/sw.js sets `self.SHELL` = {version, page, files, brand} and imports this file.
 */

/* eslint-env serviceworker */
// @ts-nocheck: the checker knows pages or workers, not both in one project

const CACHE = `till-shell-${self.SHELL.version}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "refresh-shell") event.waitUntil(refreshPage());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isTerminal(address)) event.respondWith(pageOrShell(request));
  } else if (self.SHELL.files.includes(address.pathname)) {
    event.respondWith(networkFirst(request));
  } else if (address.pathname.startsWith(self.SHELL.brand)) {
    event.respondWith(networkFirst(request, { keep: true }));
  }
});

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(self.SHELL.files);
  await refreshPage();
}

/** The shell in the language that is chosen now. */
async function refreshPage() {
  const cache = await caches.open(CACHE);
  const page = await fetch(self.SHELL.page, { cache: "reload" });
  if (page.ok) await cache.put(self.SHELL.page, page);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("till-shell-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/** The terminal of a store, not the choice of one. */
function isTerminal(address) {
  return /^\/terminal\/[a-z0-9-]+\/$/.test(address.pathname);
}

/** A page that does not come in time is as good as none: the queue of customers will not wait for it. */
async function pageOrShell(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    const shell = await caches.match(self.SHELL.page, { ignoreVary: true });
    return shell ?? Response.error();
  }
}

async function networkFirst(request, { keep = false } = {}) {
  try {
    const response = await fetch(request);
    if (keep && response.ok) await (await caches.open(CACHE)).put(request, response.clone());
    return response;
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}
