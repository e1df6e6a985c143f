/** @import * as answers from "./answers.js" */

/**
 * The nouns of the terminal, as types for the checker (`tsc --checkJs`); there is nothing to run in here.
 * What the API answers is in answers.d.ts, which is made of the API's own description.
 *
 * @typedef {answers.Store} Store
 * @typedef {answers.CanStamp} CanStamp
 * @typedef {answers.Program} Program
 * @typedef {answers.Card} Card
 * @typedef {answers.RewardInReach} CardReward
 * @typedef {answers.CardPage} CardPage
 * @typedef {answers.Transaction} Transaction
 * @typedef {answers.TransactionPage} TransactionPage
 * @typedef {answers.Amounts} Amounts
 * @typedef {answers.Purchase} Purchase
 * @typedef {answers.PurchasePage} PurchasePage
 * @typedef {answers.PromotionPart} PromotionPart
 * @typedef {answers.Quote} Quote
 * @typedef {answers.ReturnQuote} ReturnQuote
 * @typedef {answers.StaffName} StaffName
 * @typedef {answers.UnlockedTerminal} UnlockedTerminal
 *
 * @typedef {object} Facts  what the terminal knows of its store; nothing personal
 * @property {string} store_code
 * @property {Store} store
 * @property {Program} program
 * @property {string} currency  ISO 4217
 * @property {number} currency_digits  of its minor unit, in which amounts are
 * @property {"cup" | "star"} stamp_icon
 * @property {number} stamp_columns  how many stamps stand in a row
 * @property {string} brand_stylesheet  its address
 * @property {number} user  id of the signed-in user, 0 for a till of the store
 * @property {string} till  name of the till that this device is; empty for a person's
 * @property {boolean} has_display  a second device is paired with it, turned to the customer
 * @property {number} idle_seconds  after which the terminal locks
 *
 * @typedef {object} Moment  what the screen that is turned to the customer shows
 * @property {string} key  another one for each
 * @property {"card" | "earned" | "noted" | "reward" | "take"} kind
 * @property {string} [name]  the first name
 * @property {number | null} [stamps]  on the card now
 * @property {number | null} [target]
 * @property {number | null} [landed]  stamps that have just come
 * @property {number | null} [points]  on the card now
 * @property {number | null} [earned]  points that have just come
 * @property {string} [reward]  of the full card, or that was handed out
 * @property {boolean} [full]
 * @property {string} [take]  address of the picture by which a new card is taken along
 *
 * @typedef {Pick<Facts, "currency" | "currency_digits">} Currency
 *
 * @typedef {object} Addresses
 * @property {string} api  of the store, with a slash at its end; STORE stands for its code
 * @property {string} today  today's figures, likewise
 * @property {string} display  the screen that is turned to the customer, likewise
 * @property {string} enrol  where a code is entered
 * @property {string} sign_in  ends where the address to come back to goes
 * @property {string} service_worker
 * @property {string} csrf_cookie  the cookie's name
 *
 * @typedef {Omit<answers.Problem, "type"> & ProblemMembers} ProblemDocument  RFC 9457
 *
 * @typedef {object} ProblemMembers  what some codes carry besides
 * @property {number} [retry_after]
 * @property {number} [attempts_left]
 * @property {string} [locked_until]
 * @property {Card[]} [matches]
 *
 * @typedef {answers.Posted} Posted
 * @typedef {answers.Stamped} Stamped
 * @typedef {answers.Voided} Voided
 * @typedef {answers.Enrolled} Enrolled
 * @typedef {answers.PurchaseRecorded} PurchaseRecorded
 * @typedef {answers.PurchaseReturned} PurchaseReturned
 * @typedef {Stamped & Voided & Enrolled & PurchaseRecorded & PurchaseReturned} AnyAnswer
 * @typedef {Partial<AnyAnswer> & {card: Card}} Posting  what the server answers to an action
 *
 * @typedef {"stamp" | "purchase" | "redeem-stamps" | "redeem-reward" | "void" | "enrol" | "return" | "forgive"} ActionKind
 *
 * @typedef {object} Action  something a person did at the till, before it is stored
 * @property {ActionKind} kind
 * @property {string} path  after the store's API address; empty while the card is only known by its code
 * @property {string} [code]  what was scanned or typed, if the card could not be looked up
 * @property {Record<string, unknown>} body
 * @property {boolean} mayWait  stamps and purchases may wait for the network, nothing else may
 * @property {string} name  of the customer, for the list of waiting actions
 * @property {string} summary  what was done, in words
 * @property {string} [mends]  key of the refused action in whose place it is
 *
 * @typedef {Action & EntryFacts} Entry  an action in the outbox
 *
 * @typedef {object} EntryFacts
 * @property {number} [seq]  its place in the queue, given by the database
 * @property {string} key  the idempotency key
 * @property {string} store  store code
 * @property {number} user  who was signed in, 0 for a till of the store
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
 * @property {ActionKind} kind
 * @property {Record<string, unknown>} body
 * @property {string} [code]  what was scanned or typed, if the card was not known
 *
 * @typedef {object} Step  where to go from here
 * @property {"scan" | "card" | "enrol" | "lock"} to
 * @property {Card} [card]  as it is now; else the one in hand is asked for again
 * @property {boolean} [isWatched]  the customer may still look at what has happened
 * @property {string} [say]  for screen readers
 * @property {Entry} [pending]  what will be sent once somebody has unlocked
 * @property {ProblemDocument} [problem]
 *
 * @typedef {object} Outcome  of an action that was sent
 * @property {"done" | "refused" | "locked" | "waiting"} state
 * @property {Entry} entry
 * @property {Posting} [posting]  if done
 * @property {ProblemDocument} [problem]  if refused or locked
 */

export {};
