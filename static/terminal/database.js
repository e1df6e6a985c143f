/**
 * What the terminal keeps on the device (IndexedDB "till"): the outbox, what was refused later, and the facts of the
 * stores that were opened here. No card and no customer is kept, but for the names beside actions that still wait.
 */

/** @typedef {"outbox" | "refused" | "facts"} Shelf */

const NAME = "till";
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
      request.result.createObjectStore("refused", { keyPath: "key" });
      request.result.createObjectStore("facts", { keyPath: "store_code" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/**
 * Do something with a shelf in one transaction; resolves when it is safely on the disk.
 *
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
  });
}

/**
 * All records of a shelf, in the order of their keys.
 *
 * @param {Shelf} shelf
 * @returns {Promise<any[]>}
 */
export function all(shelf) {
  return transact(shelf, "readonly", (store, result) => {
    const request = store.getAll();
    request.onsuccess = () => result(request.result);
  });
}

/**
 * @param {Shelf} shelf
 * @param {IDBValidKey} key
 * @returns {Promise<any>}
 */
export function get(shelf, key) {
  return transact(shelf, "readonly", (store, result) => {
    const request = store.get(key);
    request.onsuccess = () => result(request.result);
  });
}

/**
 * Keep a record; resolves to its key.
 *
 * @param {Shelf} shelf
 * @param {object} record
 * @returns {Promise<IDBValidKey>}
 */
export function put(shelf, record) {
  return transact(shelf, "readwrite", (store, result) => {
    const request = store.put(record);
    request.onsuccess = () => result(request.result);
  });
}

/**
 * Change a record within one transaction. Nothing happens if it is gone.
 *
 * @param {Shelf} shelf
 * @param {IDBValidKey} key
 * @param {(record: any) => any} change  returns the new record, or null to remove it
 * @returns {Promise<any>}  the record as it was before, or undefined
 */
export function update(shelf, key, change) {
  return transact(shelf, "readwrite", (store, result) => {
    const request = store.get(key);
    request.onsuccess = () => {
      const before = request.result;
      result(before);
      if (!before) return;
      const after = change(structuredClone(before));
      if (after) store.put(after);
      else store.delete(key);
    };
  });
}

/**
 * @param {Shelf} shelf
 * @param {IDBValidKey} key
 * @returns {Promise<void>}
 */
export function remove(shelf, key) {
  return transact(shelf, "readwrite", (store) => void store.delete(key));
}
