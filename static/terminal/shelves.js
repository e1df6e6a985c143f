/** The shelves on which the terminal keeps things, on the disk or, where that fails, in the page's memory. */

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
