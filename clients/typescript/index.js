// Sends calls: with a key of their own, within a time, and again where it is not known what became of them.

import { Calls } from "./calls.js";

export { NotGenuine, verify } from "./webhooks.js";

const AGAIN = new Set([429, 502, 503, 504]);

/** The API refuses a call, and has changed nothing; `members` is all that was said. */
export class Problem extends Error {
  constructor(status, members) {
    super(members.detail ?? `The answer was ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.members = members;
    this.code = members.code ?? "";
    this.requestId = members.request_id ?? "";
  }
}

/** Nothing was heard: send the call again with the same `idempotencyKey`, and it is done once. */
export class Unreachable extends Error {
  constructor(cause, idempotencyKey) {
    super(`Nothing was heard: ${cause}`, { cause });
    this.name = "Unreachable";
    this.idempotencyKey = idempotencyKey;
  }
}

export class Client extends Calls {
  constructor({ baseUrl, apiKey, language = "en", timeout = 10, attempts = 4, pause = 0.5, patience = 20, sleep }) {
    super();
    this.baseUrl = baseUrl.replace(/\/+$/, "");
    this.apiKey = apiKey;
    this.language = language;
    this.timeout = timeout;
    this.attempts = attempts;
    this.pause = pause;
    this.patience = patience;
    this.sleep = sleep ?? ((seconds) => new Promise((done) => setTimeout(done, seconds * 1000)));
  }

  /** Send a call, again if need be, and answer with what the API said. */
  async call(method, path, { query = {}, body, isOnce = false, idempotencyKey, staffToken } = {}) {
    const key = isOnce ? (idempotencyKey ?? crypto.randomUUID()) : undefined;
    const attempts = isOnce || method === "GET" ? this.attempts : 1;
    for (let attempt = 1; ; attempt += 1) {
      let wait = this.pause * 2 ** (attempt - 1);
      try {
        return await this.#sent(method, path, { query, body, key, staffToken });
      } catch (error) {
        if (error instanceof Problem) {
          wait = error.members.retry_after ?? wait;
          if (!AGAIN.has(error.status) || attempt >= attempts || wait > this.patience) throw error;
        } else if (attempt >= attempts) {
          throw new Unreachable(error, key);
        }
      }
      await this.sleep(Math.min(wait, this.patience));
    }
  }

  /** All rows of a list, page by page: `for await (const card of client.each((page) => client.cards(store, page)))`. */
  async *each(call) {
    for (let page = 1; ; page += 1) {
      const answer = await call({ page });
      yield* answer.results;
      if (answer.next === null) return;
    }
  }

  async #sent(method, path, { query, body, key, staffToken }) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const asked = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    const headers = {
      Authorization: `Bearer ${this.apiKey}`,
      Accept: "application/json",
      "Accept-Language": this.language,
      "Content-Type": "application/json",
    };
    if (key !== undefined) headers["Idempotency-Key"] = key;
    if (staffToken !== undefined) headers["X-Staff-Token"] = staffToken;
    const response = await fetch(this.baseUrl + path + (asked ? `?${asked}` : ""), {
      method,
      headers,
      body: method === "GET" ? undefined : body === undefined ? "" : JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(this.timeout * 1000),
    });
    const text = await response.text();
    if (!response.ok) throw new Problem(response.status, members(text));
    return text ? JSON.parse(text) : undefined;
  }
}

function members(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
