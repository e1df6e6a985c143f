/**
 * The nouns of the terminal, as types for the checker (`tsc --checkJs`); there is nothing to run in here.
 * Shapes that come from the server are described by the API's own reference, /api/v1/docs/.
 *
 * @typedef {object} Store
 * @property {string} store_code
 * @property {string} name
 * @property {{slug: string, name: string}} merchant
 * @property {string} timezone
 * @property {"staff" | "manager" | "owner" | "operator"} role  of the signed-in user
 *
 * @typedef {object} ProgramReward
 * @property {number} id
 * @property {string} name
 * @property {number} points_cost
 *
 * @typedef {object} Program
 * @property {"stamps" | "points" | "hybrid"} loyalty_type
 * @property {number} stamps_target
 * @property {string} stamps_reward_description
 * @property {string} points_per_euro  a decimal, e.g. "1.50"
 * @property {number} minimum_purchase_cents
 * @property {boolean} require_staff_pin
 * @property {ProgramReward[]} rewards
 * @property {{allow_void_transactions: boolean, require_order_reference: boolean}} settings
 *
 * @typedef {object} Facts  what the terminal knows of its store; nothing personal
 * @property {string} store_code
 * @property {Store} store
 * @property {Program} program
 * @property {string} currency  ISO 4217
 * @property {"cup" | "star"} stamp_icon
 * @property {number} stamp_columns  how many stamps stand in a row
 * @property {string} brand_stylesheet  its address
 * @property {number} user  id of the signed-in user
 * @property {number} idle_seconds  after which the terminal locks
 *
 * @typedef {object} Addresses
 * @property {string} api  of the store, with a slash at its end; STORE stands for its code
 * @property {string} today  today's figures, likewise
 * @property {string} sign_in  ends where the address to come back to goes
 * @property {string} service_worker
 * @property {string} csrf_cookie  the cookie's name
 *
 * @typedef {object} CardReward
 * @property {number} id
 * @property {string} name
 * @property {number} points_cost
 * @property {boolean} affordable
 * @property {number} missing
 *
 * @typedef {object} Card
 * @property {number} id
 * @property {string} card_number
 * @property {boolean} is_active
 * @property {{id: number, name: string, email: string | null, phone: string | null, birth_date: string | null, email_problem: boolean}} customer
 * @property {number} stamp_count
 * @property {number} stamps_target
 * @property {number} points_balance
 * @property {string | null} points_expire_at
 * @property {{allowed: boolean, code: string | null, retry_after: number | null, next_stamp_at: string | null}} can_stamp
 * @property {CardReward[]} rewards
 * @property {{description: string, ready: boolean}} stamp_reward
 * @property {string | null} last_activity_at
 *
 * @typedef {object} Transaction
 * @property {number} id
 * @property {number} card_id
 * @property {string} card_number
 * @property {string} customer_name
 * @property {string} transaction_type
 * @property {number} stamps_delta
 * @property {number} points_delta
 * @property {{id: number, name: string, points_cost: number} | null} reward
 * @property {boolean} can_void
 * @property {string} store
 * @property {string | null} staff
 * @property {string} transaction_at
 *
 * @typedef {object} ProblemDocument  RFC 9457
 * @property {number} status
 * @property {string} code
 * @property {string} title
 * @property {string} detail
 * @property {number} [retry_after]
 * @property {number} [attempts_left]
 * @property {string} [locked_until]
 * @property {Card[]} [matches]
 * @property {{field: string, code: string, message: string}[]} [errors]
 *
 * @typedef {object} Posting  what the server answers to an action
 * @property {Transaction} transaction
 * @property {Card} card
 * @property {boolean} [reward_ready]
 * @property {number} [shortfall]  stamps or points that a void could not take back
 * @property {boolean} [already_enrolled]
 * @property {{store_code: string, name: string}[]} [locations]
 *
 * @typedef {"stamp" | "earn" | "redeem-stamps" | "redeem-reward" | "void" | "enrol"} ActionKind
 *
 * @typedef {object} Action  something a person did at the till, before it is stored
 * @property {ActionKind} kind
 * @property {string} path  after the store's API address; empty while the card is only known by its code
 * @property {string} [code]  what was scanned or typed, if the card could not be looked up
 * @property {Record<string, unknown>} body
 * @property {boolean} mayWait  stamps and points may wait for the network, nothing else may
 * @property {string} name  of the customer, for the list of waiting actions
 * @property {string} summary  what was done, in words
 *
 * @typedef {Action & EntryFacts} Entry  an action in the outbox
 *
 * @typedef {object} EntryFacts
 * @property {number} [seq]  its place in the queue, given by the database
 * @property {string} key  the idempotency key
 * @property {string} store  store code
 * @property {number} user  who was signed in
 * @property {string} madeAt  ISO time
 * @property {string | null} staffToken
 * @property {boolean} tokenEnded  the server takes this token no more: it waits for its person's PIN
 * @property {number | null} staffId  who did it; null in a shop without PINs
 * @property {string | null} staffName
 * @property {boolean} sent  it may have reached the server
 * @property {boolean} sentPlain  it may have reached the server without `occurred_at`
 * @property {boolean} claimed  it is sent with `occurred_at`
 * @property {import("./session.js").Staff | null} withdrawnBy  who took it back
 * @property {boolean} withdrawn  it was undone while nobody knew whether it had arrived
 *
 * @typedef {object} Refused  an action that waited and was then refused: staff must see it
 * @property {string} key
 * @property {string} store
 * @property {string} name
 * @property {string} summary
 * @property {string} madeAt
 * @property {string} reason
 *
 * @typedef {object} Outcome  of an action that was sent
 * @property {"done" | "refused" | "locked" | "waiting"} state
 * @property {Entry} entry
 * @property {Posting} [posting]  if done
 * @property {ProblemDocument} [problem]  if refused or locked
 */

export {};
