/**
 * The device's own storage (IndexedDB "till"). Every call is one transaction that resolves when it is safely on the
 * disk; it rejects where the browser refuses, has no room, has closed the connection, or does not answer in time.
 */

/** @import { Shelf, Shelves } from "./memory.js" */

import { KEYS } from "./memory.js";

const NAME = "till";
const VERSION = 2;
const OPENING_MS = 4_000;
const WORKING_MS = 8_000; // a slow disk makes a write safe in its own time

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** The next call opens it anew. */
export function reopen() {
  opened = null;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => layOut(request.result);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = reopen;
      database.onversionchange = () => {
        database.close();
        reopen();
      };
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    endOfPatience(reject, OPENING_MS);
  });
  return opened;
}

/** @param {IDBDatabase} database */
function layOut(database) {
  for (const [shelf, keyPath] of Object.entries(KEYS)) {
    if (database.objectStoreNames.contains(shelf)) continue;
    database.createObjectStore(shelf, { keyPath, autoIncrement: shelf === "outbox" });
  }
}

/**
 * Some browsers leave a call to their storage open for ever.
 *
 * @param {(reason: DOMException) => void} reject
 * @param {number} patience  in milliseconds
 */
function endOfPatience(reject, patience) {
  const signal = AbortSignal.timeout(patience);
  signal.addEventListener("abort", () => reject(signal.reason));
}

/**
 * @template T
 * @param {Shelf} shelf
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore, result: (value: T) => void) => void} work
 * @returns {Promise<T>}
 */
async function transact(shelf, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(shelf, mode, { durability: "strict" });
    /** @type {T} */
    let value;
    work(transaction.objectStore(shelf), (result) => (value = result));
    transaction.oncomplete = () => resolve(value);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    endOfPatience(reject, WORKING_MS);
  });
}

/** @type {Shelves} */
export const disk = {
  all: (shelf) =>
    transact(shelf, "readonly", (store, result) => {
      const request = store.getAll();
      request.onsuccess = () => result(request.result);
    }),

  get: (shelf, key) =>
    transact(shelf, "readonly", (store, result) => {
      const request = store.get(key);
      request.onsuccess = () => result(request.result);
    }),

  put: (shelf, record) =>
    transact(shelf, "readwrite", (store, result) => {
      const request = store.put(record);
      request.onsuccess = () => result(request.result);
    }),

  update: (shelf, key, change) =>
    transact(shelf, "readwrite", (store, result) => {
      const request = store.get(key);
      request.onsuccess = () => {
        const before = request.result;
        result(before);
        if (!before) return;
        const after = change(structuredClone(before));
        if (after) store.put(after);
        else store.delete(key);
      };
    }),

  remove: (shelf, key) => transact(shelf, "readwrite", (store) => void store.delete(key)),

  clear: (shelf) => transact(shelf, "readwrite", (store) => void store.clear()),
};
