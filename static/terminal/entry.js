/** An entry of the outbox: an action with its key, and whose it is. */

import * as database from "./database.js";
import { isTimed } from "./delivery.js";
import { now } from "./api.js";

/** @import { OutboxOptions } from "./outbox.js" */
/** @import { Staff } from "./session.js" */
/** @import { Action, Entry } from "./types.js" */

/**
 * @param {Action} action
 * @param {Staff | null} staff  who did it, null in a shop without PINs
 * @param {OutboxOptions} options
 * @returns {Entry}
 */
export function makeEntry(action, staff, { store, user, isOffline }) {
  return {
    ...action,
    key: crypto.randomUUID(),
    store,
    user,
    madeAt: new Date(now()).toISOString(),
    staffToken: staff?.token ?? null,
    staffId: staff?.id ?? null,
    staffName: staff?.name ?? null,
    tokenEnded: false,
    sent: false,
    sentPlain: false,
    claimed: isTimed(action) && isOffline(),
    withdrawn: false,
    withdrawnBy: null,
  };
}

/**
 * The oldest that may go: what waits for its person's PIN holds up what they did later, and nobody else's.
 *
 * @param {Entry[]} entries  oldest first
 * @returns {Entry | undefined}
 */
export function nextOf(entries) {
  const ended = endedTokens(entries);
  return entries.find((entry) => !ended.has(entry.staffToken));
}

/**
 * Send what somebody did under a token that has ended since with their new one; what others did waits for them.
 *
 * @param {Entry[]} entries
 * @param {Staff} staff  who has unlocked the till
 */
export async function renew(entries, staff) {
  const ended = endedTokens(entries);
  for (const entry of entries) {
    if (entry.staffId !== staff.id || !ended.has(entry.staffToken)) continue;
    await database.update("outbox", entry.seq ?? 0, (current) => {
      return { ...current, staffToken: staff.token, tokenEnded: false };
    });
  }
}

/** @param {Entry[]} entries */
function endedTokens(entries) {
  return new Set(entries.filter((entry) => entry.tokenEnded).map((entry) => entry.staffToken));
}
