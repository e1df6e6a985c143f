/**
 * The card page's own service worker. Each card has one (its scope is the card's address) and one cache, named by
 * that address, with the page and the files it uses. The network comes first; the copy is shown where there is none,
 * or none in time, and says so. A card that the server no longer knows takes its copy along.
 */

// @ts-nocheck: the checker knows pages or workers, not both in one project

const PATIENCE_MS = 4000;
const SCOPE = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, files } = event.data ?? {};
  const answer = (isKept) => event.ports[0]?.postMessage(isKept);
  if (keep === SCOPE) event.waitUntil(keepCopy(files).then(() => answer(true), () => answer(false)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === SCOPE && request.mode === "navigate") event.respondWith(page(event));
  else if (address.pathname.startsWith(SCOPE) && request.mode === "navigate") event.respondWith(further(request));
  else if (/^\/(static|brand|media)\//.test(address.pathname)) event.respondWith(file(request));
});

/** Hold the page and exactly the files that it uses now. */
async function keepCopy(files) {
  const copy = await caches.open(SCOPE);
  if (!(await copy.match(SCOPE))) await refresh(await fetch(SCOPE));
  const kept = await copy.keys();
  const wanted = new Set(files);
  for (const request of kept) {
    const isPage = new URL(request.url).pathname === SCOPE;
    if (!isPage && !wanted.has(request.url)) await copy.delete(request);
  }
  const held = new Set(kept.map((request) => request.url));
  await Promise.allSettled(files.filter((file) => !held.has(file)).map((file) => copy.add(file)));
}

/** Put a fresh answer in the place of the copy; an answer of "not found" removes it. */
async function refresh(response) {
  if (response.ok && !response.redirected) {
    const copy = await caches.open(SCOPE);
    await copy.put(SCOPE, response.clone());
  } else if (response.status === 404) {
    await caches.delete(SCOPE);
  }
  return response;
}

async function page(event) {
  const live = fetch(event.request).then(async (response) => {
    if (await caches.has(SCOPE)) await refresh(response);
    return response;
  });
  event.waitUntil(live.catch(() => undefined));
  const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(copyOfPage);
  try {
    return (await Promise.race([live, slow])) ?? (await live);
  } catch (error) {
    const copy = await copyOfPage();
    if (copy) return copy;
    throw error;
  }
}

/** What lies behind the card needs the network: without one, the way leads to the part that is kept. */
async function further(request) {
  try {
    return await fetch(request);
  } catch (error) {
    if (!(await caches.has(SCOPE))) throw error;
    return Response.redirect(`${SCOPE}#history`);
  }
}

/** The copy, marked as one: the page's stylesheet then shows from when it is. */
async function copyOfPage() {
  const kept = await caches.match(SCOPE, { cacheName: SCOPE });
  if (!kept) return undefined;
  const text = await kept.text();
  const marked = text.replace('data-served="live"', 'data-served="copy"');
  return new Response(marked, { headers: { "Content-Type": "text/html; charset=utf-8", ...policy(kept) } });
}

/** The copy keeps the page's Content-Security-Policy. */
function policy(response) {
  const value = response.headers.get("Content-Security-Policy");
  return value ? { "Content-Security-Policy": value } : {};
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.url, { cacheName: SCOPE });
    if (kept) return kept;
    throw error;
  }
}
