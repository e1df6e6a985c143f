/**
 * The shelves on which the terminal keeps things, on the disk or, where that fails, in the page's memory: what the page
 * itself remembers is gone with it.
 */

/**
 * @typedef {"outbox" | "refused" | "facts" | "faces" | "secrets"} Shelf
 *
 * @typedef {object} Shelves
 * @property {(shelf: Shelf) => Promise<any[]>} all  records, in the order of their keys
 * @property {(shelf: Shelf, key: IDBValidKey) => Promise<any>} get
 * @property {(shelf: Shelf, record: object) => Promise<IDBValidKey>} put  resolves to the record's key
 * @property {(shelf: Shelf, key: IDBValidKey, change: (record: any) => any) => Promise<any>} update  `change` returns
 *   the new record, or null to remove it, and is not called if it is gone; resolves to the record as it was before
 * @property {(shelf: Shelf, key: IDBValidKey) => Promise<void>} remove
 * @property {(shelf: Shelf) => Promise<void>} clear
 */

/** Which member of a record is its key. The outbox numbers its entries by itself. */
export const KEYS = {
  outbox: "seq",
  refused: "key",
  facts: "store_code",
  faces: "id",
  secrets: "name",
};

const FIRST_SEQ = 2 ** 40; // after anything that the disk has numbered

/**
 * @param {Shelves} disk  what is taken off a shelf goes from there as well, if it can
 * @param {Record<string, any[]>} found  what could still be read of each shelf
 * @returns {Shelves}
 */
export function memory(disk, found) {
  let seq = FIRST_SEQ;
  const shelves = /** @type {Record<Shelf, Map<IDBValidKey, any>>} */ (
    Object.fromEntries(
      Object.entries(KEYS).map(([shelf, key]) => [
        shelf,
        new Map((found[shelf] ?? []).map((record) => [record[key], record])),
      ]),
    )
  );
  /** @type {Shelves} */
  const kept = {
    all: async (shelf) => structuredClone([...shelves[shelf].values()]),

    get: async (shelf, key) => structuredClone(shelves[shelf].get(key)),

    put: async (shelf, record) => {
      const held = structuredClone(/** @type {any} */ (record));
      if (shelf === "outbox") held.seq ??= seq++;
      const key = held[KEYS[shelf]];
      shelves[shelf].set(key, held);
      return key;
    },

    update: async (shelf, key, change) => {
      const before = shelves[shelf].get(key);
      if (!before) return undefined;
      const after = change(structuredClone(before));
      if (after) shelves[shelf].set(key, after);
      else await kept.remove(shelf, key);
      return before;
    },

    remove: async (shelf, key) => {
      shelves[shelf].delete(key);
      disk.remove(shelf, key).catch(() => undefined);
    },

    clear: async (shelf) => {
      shelves[shelf].clear();
      disk.clear(shelf).catch(() => undefined);
    },
  };
  return kept;
}
