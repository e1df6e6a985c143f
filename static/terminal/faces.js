/**
 * Faces: what the till remembers of the cards of the last days, so that a customer has a name without a network. The
 * first name, stamps, points and number, encrypted with a key that cannot be read out of the browser; all of it is
 * given up with the key when the till is locked out or belongs to somebody else, and each after 7 days.
 */

import { normalCode } from "./card-codes.js";
import * as database from "./database.js";
import { now } from "./api.js";

/** @import { Card } from "./types.js" */

const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;
const TIDY_EVERY_MS = 60 * 60 * 1000;
const SEAL = { name: "AES-GCM", length: 256 };
const FINDER = { name: "HMAC", hash: "SHA-256", length: 256 };
const encoder = new TextEncoder();

/**
 * @typedef {object} Face
 * @property {number} id  of the card
 * @property {string} number
 * @property {string} firstName
 * @property {number} stamps
 * @property {number} target
 * @property {number} points
 * @property {boolean} isActive
 * @property {string | null} stampAllowedAt  ISO time, null if it is allowed
 * @property {string | null} [whyNotBefore]  the refusal's code; what an earlier version kept has none
 * @property {number} [stampsToday]  on the day when it was seen
 * @property {string} seenAt  ISO time
 *
 * @typedef {object} Keys
 * @property {CryptoKey} seal
 * @property {CryptoKey} finder
 */

export class Faces {
  /** @param {string} owner  whose they are: the store, and who is signed in there */
  constructor(owner) {
    this.owner = owner;
  }

  /** What is too old, or somebody else's, is given up: now, and while the till goes on for weeks. */
  async start() {
    setInterval(() => this.tidy(), TIDY_EVERY_MS);
    const [secret] = await database.all("secrets");
    if (secret && secret.name !== this.owner) return this.giveUp();
    await this.tidy();
  }

  async tidy() {
    const tooOld = now() - LONGEST_MS;
    for (const { id, seenAt } of await database.all("faces"))
      if (Date.parse(seenAt) < tooOld) await database.remove("faces", id);
  }

  /**
   * @param {Card} card
   * @param {string} code  by which it was found, empty for its number
   */
  async remember(card, code = "") {
    const keys = await this.keys();
    await this.keep(keys, card.card_number, faceOf(card));
    if (code && normalCode(code) !== normalCode(card.card_number))
      await this.keep(keys, code, { number: card.card_number });
  }

  /**
   * @param {string} code  a QR code's letters, or a number
   * @returns {Promise<Face | null>}
   */
  async find(code) {
    const [secret] = await database.all("secrets");
    if (secret?.name !== this.owner) return null;
    const found = await this.open(secret, code);
    return found && !("firstName" in found) ? this.open(secret, found.number) : found;
  }

  async giveUp() {
    await database.clear("secrets");
    await database.clear("faces");
  }

  /** @returns {Promise<Keys>} */
  async keys() {
    const [secret] = await database.all("secrets");
    if (secret?.name === this.owner) return secret;
    const seal = await crypto.subtle.generateKey(SEAL, false, ["encrypt", "decrypt"]);
    const finder = await crypto.subtle.generateKey(FINDER, false, ["sign"]);
    await database.put("secrets", { name: this.owner, seal, finder });
    return { seal, finder };
  }

  /**
   * @param {Keys} keys
   * @param {string} code
   * @param {Face | {number: string}} content
   */
  async keep({ seal, finder }, code, content) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = encoder.encode(JSON.stringify(content));
    const sealed = await crypto.subtle.encrypt({ name: SEAL.name, iv }, seal, plain);
    const id = await digest(finder, code);
    await database.put("faces", { id, iv, sealed, seenAt: new Date(now()).toISOString() });
  }

  /**
   * @param {Keys} keys
   * @param {string} code
   */
  async open({ seal, finder }, code) {
    const record = await database.get("faces", await digest(finder, code));
    if (!record || Date.parse(record.seenAt) < now() - LONGEST_MS) return null;
    try {
      const plain = await crypto.subtle.decrypt({ name: SEAL.name, iv: record.iv }, seal, record.sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null; // of a key that is gone
    }
  }
}

/**
 * Who looks at the disk cannot even try codes.
 *
 * @param {CryptoKey} finder
 * @param {string} code
 */
async function digest(finder, code) {
  const signed = await crypto.subtle.sign(FINDER.name, finder, encoder.encode(normalCode(code)));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Card} card
 * @returns {Face}
 */
function faceOf(card) {
  return {
    id: card.id,
    number: card.card_number,
    firstName: card.customer.name.split(" ")[0],
    stamps: card.stamp_count,
    target: card.stamps_target,
    points: card.points_balance,
    isActive: card.is_active,
    stampAllowedAt: card.can_stamp.next_stamp_at,
    whyNotBefore: card.can_stamp.code,
    stampsToday: card.stamps_today,
    seenAt: new Date(now()).toISOString(),
  };
}
