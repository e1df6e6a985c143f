/** What this tab keeps over a reload; where the browser refuses, it keeps nothing. */

/**
 * @param {string} name
 * @returns {any}  null for nothing
 */
export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value  null to forget it
 */
export function keepInTab(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // a reload then asks for the PIN
  }
}
