/**
 * What the terminal keeps: the outbox, what was refused later, the facts of the stores that were opened here, and the
 * faces of the last days. Where the device's storage fails it is opened anew; where that does not help either, the
 * page goes on by its memory, and says so ("lost").
 */

import { disk, reopen } from "./disk.js";
import { KEYS, memory } from "./memory.js";

/** @import { Shelf, Shelves } from "./memory.js" */

const REOPENING_MS = [0, 100, 400];

/** @type {Shelves | null}  null while the disk serves */
let instead = null;

/** @type {Promise<Shelves> | null} */
let losing = null;

/** Dispatches "lost" when nothing is kept on the device any more. */
export const storage = new EventTarget();

/** Whether what is put here outlives the page. */
export function isKept() {
  return instead === null;
}

/**
 * @template T
 * @param {(shelves: Shelves) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withShelves(work) {
  if (instead) return work(instead);
  try {
    return await onDisk(work);
  } catch (error) {
    losing ??= lose(error);
    return work(await losing);
  }
}

/**
 * A browser that clears its storage closes whatever is opened meanwhile: each time a little later.
 *
 * @template T
 * @param {(shelves: Shelves) => Promise<T>} work
 * @param {number[]} pauses  in milliseconds, before each further attempt
 * @returns {Promise<T>}
 */
async function onDisk(work, [pause, ...pauses] = REOPENING_MS) {
  try {
    return await work(disk);
  } catch (error) {
    if (isSilence(error) || pause === undefined) throw error;
    reopen();
    await new Promise((resolve) => setTimeout(resolve, pause));
    return onDisk(work, pauses);
  }
}

/**
 * What waits there and can still be read comes along.
 *
 * @param {unknown} error
 */
async function lose(error) {
  console.info("Nothing is kept on this device:", error);
  const shelves = /** @type {Shelf[]} */ (isSilence(error) ? [] : Object.keys(KEYS));
  const found = await Promise.all(
    shelves.map(async (shelf) => [shelf, await disk.all(shelf).catch(() => [])]),
  );
  instead = memory(disk, Object.fromEntries(found));
  storage.dispatchEvent(new Event("lost"));
  return instead;
}

/** @param {unknown} error */
function isSilence(error) {
  return error instanceof DOMException && error.name === "TimeoutError";
}

/**
 * All records of a shelf, in the order of their keys.
 *
 * @param {Shelf} shelf
 * @returns {Promise<any[]>}
 */
export function all(shelf) {
  return withShelves((shelves) => shelves.all(shelf));
}

/**
 * @param {Shelf} shelf
 * @param {IDBValidKey} key
 * @returns {Promise<any>}
 */
export function get(shelf, key) {
  return withShelves((shelves) => shelves.get(shelf, key));
}

/**
 * Keep a record; resolves to its key.
 *
 * @param {Shelf} shelf
 * @param {object} record
 * @returns {Promise<IDBValidKey>}
 */
export function put(shelf, record) {
  return withShelves((shelves) => shelves.put(shelf, record));
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
  return withShelves((shelves) => shelves.update(shelf, key, change));
}

/**
 * @param {Shelf} shelf
 * @param {IDBValidKey} key
 * @returns {Promise<void>}
 */
export function remove(shelf, key) {
  return withShelves((shelves) => shelves.remove(shelf, key));
}

/**
 * @param {Shelf} shelf
 * @returns {Promise<void>}
 */
export function clear(shelf) {
  return withShelves((shelves) => shelves.clear(shelf));
}
