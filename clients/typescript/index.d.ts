import type { Calls } from "./calls.d.ts";
import type { ProblemCode } from "./types.d.ts";

export type * from "./types.d.ts";
export { NotGenuine, verify } from "./webhooks.d.ts";

/** Times in seconds. `patience` is the longest pause: what asks for a longer one is thrown. */
export interface Options {
  baseUrl: string;
  apiKey: string;
  language?: string;
  timeout?: number;
  attempts?: number;
  pause?: number;
  patience?: number;
  sleep?: (seconds: number) => Promise<void>;
}

/** The API refuses a call, and has changed nothing; `members` is all that was said. */
export declare class Problem extends Error {
  status: number;
  /** One of these, or one that came later. */
  code: ProblemCode | (string & {});
  requestId: string;
  members: Record<string, unknown>;
}

/** Nothing was heard: send the call again with the same `idempotencyKey`, and it is done once. */
export declare class Unreachable extends Error {
  idempotencyKey: string | undefined;
}

export interface Page<Row> {
  next: string | null;
  results: Row[];
}

export declare class Client extends Calls {
  constructor(options: Options);
  /** All rows of a list, page by page: `client.each((page) => client.cards("mirabel-gare", page))`. */
  each<Row>(call: (asked: { page: number }) => Promise<Page<Row>>): AsyncGenerator<Row>;
}
