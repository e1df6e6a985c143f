/**
 * Talking to the server. A call ends in one of three ways: an answer, a Problem (the server refused, and says why),
 * or NoAnswer (nobody knows whether it arrived). Each answer also tells the server's time.
 */

/** @import { ProblemDocument } from "./types.js" */

const TIMEOUT_MS = 8000;
// A Date header says whole seconds, and takes a moment: as near as this, the device's clock is the better one.
const NEAR_MS = 5_000;

/** The server refused. */
export class Problem extends Error {
  /**
   * @param {ProblemDocument} document
   * @param {number} retryAfter  seconds, 0 if the server did not say
   */
  constructor(document, retryAfter) {
    super(document.detail || document.title);
    this.document = document;
    this.status = document.status;
    this.code = document.code;
    this.retryAfter = retryAfter;
  }
}

/** No answer came, or none that can be read (a Wi-Fi's sign-in page, a proxy's error page). */
export class NoAnswer extends Error {}

/** The API of one store, spoken to as the signed-in user. */
export class Api extends EventTarget {
  /**
   * @param {string} base  the store's API address, with a slash at its end
   * @param {string} csrfCookie  name of the cookie that holds the CSRF token
   * @param {() => string | null} staffToken  of whoever is at the till
   */
  constructor(base, csrfCookie, staffToken) {
    super();
    this.base = base;
    this.csrfCookie = csrfCookie;
    this.staffToken = staffToken;
  }

  /**
   * @param {string} path  after the store's address
   * @param {Record<string, string | number>} [query]
   * @returns {Promise<any>}
   */
  get(path, query = {}) {
    const parameters = String(
      new URLSearchParams(Object.entries(query).map(([name, value]) => [name, `${value}`])),
    );
    const address = parameters ? `${path}?${parameters}` : path;
    return this.call("GET", address);
  }

  /**
   * @param {string} path
   * @param {object} body
   * @param {{key?: string, staffToken?: string | null}} [options]  the idempotency key; another person's token
   * @returns {Promise<any>}
   */
  post(path, body, { key, staffToken } = {}) {
    return this.call("POST", path, { body, key, staffToken });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{body?: object, key?: string, staffToken?: string | null}} [options]
   * @returns {Promise<any>}
   */
  async call(method, path, { body, key, staffToken = this.staffToken() } = {}) {
    const headers = new Headers({ Accept: "application/json" });
    if (body) {
      headers.set("Content-Type", "application/json");
      headers.set("X-CSRFToken", this.csrfToken());
    }
    if (key) headers.set("Idempotency-Key", key);
    if (staffToken) headers.set("X-Staff-Token", staffToken);
    try {
      const answer = await this.read(new URL(path, new URL(this.base, location.href)), {
        method,
        headers,
        body: body && JSON.stringify(body),
      });
      this.dispatchEvent(new Event("answered"));
      return answer;
    } catch (error) {
      const isAnswer = error instanceof Problem && error.status < 500;
      this.dispatchEvent(new Event(isAnswer ? "answered" : "unanswered"));
      throw error;
    }
  }

  /**
   * @param {URL} address
   * @param {RequestInit} options
   */
  async read(address, options) {
    let response;
    let body;
    if (!navigator.onLine) throw new NoAnswer("offline");
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      response = await fetch(address, { ...options, signal, credentials: "same-origin", redirect: "error" });
      const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
      if (response.status !== 204 && !isJson) throw new Error("not JSON");
      body = response.status === 204 ? null : await response.json();
      if (!response.ok && typeof body?.code !== "string") throw new Error("none of the till's own problems");
    } catch (error) {
      throw new NoAnswer(String(error));
    }
    hear(response.headers.get("Date"));
    if (response.ok) return body;
    throw new Problem(
      { status: response.status, title: "", detail: "", ...body },
      retryAfter(response.headers.get("Retry-After"), body.retry_after),
    );
  }

  /** The token as it is now: signing in again, in another tab, changes it. */
  csrfToken() {
    const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${this.csrfCookie}=`));
    return cookie ? decodeURIComponent(cookie.slice(this.csrfCookie.length + 1)) : "";
  }
}

/**
 * Seconds to wait, of a Retry-After header (seconds or a date) or of the problem itself.
 *
 * @param {string | null} header
 * @param {unknown} fallback
 */
function retryAfter(header, fallback) {
  const seconds = Number(header);
  if (header && Number.isFinite(seconds)) return Math.max(0, seconds);
  if (header && !Number.isNaN(Date.parse(header)))
    return Math.max(0, (Date.parse(header) - now()) / 1000);
  return typeof fallback === "number" ? fallback : 0;
}

// --- The server's time, as far as this device knows it. A tablet's own clock may be hours off, and nobody at a counter
// sets it; what is noted without a network is booked by its time, and a token ends by the server's.

let ahead = 0;

/** Milliseconds since 1970, as Date.now(). */
export function now() {
  return Date.now() + ahead;
}

/** By how many milliseconds the server's clock is ahead of this device's. */
export function aheadBy() {
  return ahead;
}

/** @param {number} [milliseconds]  by how many it was ahead before the page was loaded anew */
export function rememberAhead(milliseconds = 0) {
  ahead = milliseconds;
}

/** @param {string | null} date  the Date header of an answer of the server's own */
function hear(date) {
  const gap = Date.parse(date ?? "") - Date.now();
  if (Number.isFinite(gap)) ahead = Math.abs(gap) < NEAR_MS ? 0 : gap;
}
