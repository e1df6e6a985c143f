import type { Event } from "./types.d.ts";

/** A message that the site did not send, or sent long ago: answer 400, and do nothing. */
export declare class NotGenuine extends Error {}

/**
 * The event in a message, if one of the secrets has signed it; rejects with NotGenuine. `body` is the text as it came, `now` in
 * seconds since 1970.
 */
export declare function verify(
  body: string,
  headers: Record<string, string>,
  secrets: string | string[],
  now?: number,
): Promise<Event>;
