/**
 * Delivering one action of the outbox to the server, exactly once.
 *
 * A stamp or purchase that could not be delivered at once is sent again with `occurred_at`. That is another request
 * under the same key, so if the first one had arrived after all, the server says `idempotency_key_reused`, and the
 * first form is repeated to get its answer.
 */

import { NoAnswer, Problem, now } from "./api.js";
import * as database from "./database.js";

/** @import { Api } from "./api.js" */
/** @import { Card, Entry, Posting } from "./types.js" */

const FRESH_MS = 20_000;
const TIMED = new Set(["stamp", "purchase"]);
const FORBIDDEN_FOR_GOOD = new Set([
  "manager_required",
  "operator_required",
  "void_disabled",
  "void_other_store",
]);

/**
 * @typedef {object} Delivered
 * @property {"done" | "gone" | "later" | "locked" | "refused"} state  gone: it was undone meanwhile
 * @property {Posting} [posting]  if done
 * @property {Problem} [problem]  if locked or refused
 * @property {number} [seconds]  how long the server wants to be left alone, if later
 */

/**
 * Whether an action takes the time it was made along.
 *
 * @param {{kind: string}} action
 */
export function isTimed({ kind }) {
  return TIMED.has(kind);
}

/**
 * @param {Entry} entry
 * @param {Api} api
 * @returns {Promise<Delivered>}
 */
export async function deliver(entry, api) {
  try {
    const posting = await attempt(entry, api);
    return posting ? { state: "done", posting } : { state: "gone" };
  } catch (error) {
    if (error instanceof NoAnswer) return { state: "later", seconds: 0 };
    if (!(error instanceof Problem)) throw error;
    if (isPassing(error)) return { state: "later", seconds: error.retryAfter };
    return { state: isLocked(error) ? "locked" : "refused", problem: error };
  }
}

/**
 * @param {Entry} entry
 * @param {Api} api
 * @returns {Promise<Posting | null>}  null if it was undone meanwhile
 */
async function attempt(entry, api) {
  const path = entry.path || (await findCard(entry, api));
  const isLate = now() - Date.parse(entry.madeAt) > FRESH_MS;
  const claimed = entry.claimed || (isTimed(entry) && isLate);
  const before = await database.update("outbox", entry.seq ?? 0, (current) => {
    return { ...current, path, claimed, sent: true, sentPlain: current.sentPlain || !claimed };
  });
  if (!before) return null;
  const post = (/** @type {object} */ body) => ask(entry, api, path, body);
  if (!claimed) return post(entry.body);
  try {
    return await post({ ...entry.body, occurred_at: entry.madeAt });
  } catch (error) {
    const isReused = error instanceof Problem && error.code === "idempotency_key_reused";
    if (!isReused || !before.sentPlain) throw error;
    return post(entry.body);
  }
}

/**
 * Every action is answered with the card as it is now: what comes without one is of somebody in between, and nothing of
 * the till is forgotten for it.
 *
 * @param {Entry} entry
 * @param {Api} api
 * @param {string} path
 * @param {object} body
 * @returns {Promise<Posting>}
 */
async function ask({ key, staffToken }, api, path, body) {
  const posting = await api.post(path, body, { key, staffToken });
  if (!posting?.card) throw new NoAnswer("no card");
  return posting;
}

/**
 * The path of an action on a card that was scanned while there was no network.
 *
 * @param {Entry} entry
 * @param {Api} api
 */
async function findCard(entry, api) {
  /** @type {Card} */
  const card = await api.get("cards/lookup/", { q: entry.code ?? "" });
  return `cards/${card.id}/${entry.kind === "stamp" ? "stamps" : "purchases"}/`;
}

/**
 * Whether the server is merely busy.
 *
 * @param {Problem} problem
 */
function isPassing(problem) {
  return problem.status >= 500 || problem.code === "rate_limited";
}

/**
 * Whether somebody has to sign in or to type their PIN first.
 *
 * @param {Problem} problem
 */
function isLocked(problem) {
  return problem.status === 401 || (problem.status === 403 && !FORBIDDEN_FOR_GOOD.has(problem.code));
}
