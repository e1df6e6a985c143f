/**
 * The second screen, turned to the customer: what it shows is said to a window in this browser, and to the server for
 * a device that is paired with this till. Facts of whoever is served now, and of nobody else.
 */

import { linesOf } from "./actions.js";
import { rewardName } from "./card-view.js";
import { byId } from "./dom.js";
import { openSheet } from "./sheet.js";
import { text } from "./texts.js";

/** @import { InHand } from "./card-view.js" */
/** @import { Till } from "./till.js" */
/** @import { Card, Entry, Moment, Posting } from "./types.js" */

const TIMEOUT_MS = 4_000;
const GAINS = new Set(["stamp", "purchase"]);

export class CustomerScreen {
  /** @param {Till} till */
  constructor({ facts, api, addresses, screens }) {
    this.facts = facts;
    this.api = api;
    this.screens = screens;
    this.address = addresses.display.replace("STORE", facts.store_code);
    /** @type {Moment | null} */
    this.moment = null;
    this.isSaying = false;
    this.channel = new BroadcastChannel(`display:${facts.store_code}`);
  }

  start() {
    this.channel.addEventListener("message", ({ data }) => {
      if (data === "hello") this.channel.postMessage(this.moment);
    });
    addEventListener("pagehide", () => this.clear());
    byId("display-button", HTMLButtonElement).addEventListener("click", () => this.open());
  }

  /** A window of its own, for a second monitor; or the code for another device. */
  async open() {
    const place = byId("display-code", HTMLElement);
    byId("display-device", HTMLElement).hidden = !this.facts.till;
    place.textContent = "…";
    const closed = openSheet(byId("display-sheet", HTMLDialogElement), this.screens.unlocked);
    if (this.facts.till) place.textContent = await this.newCode();
    if ((await closed) === "window") window.open(this.address, "display", "popup,width=1024,height=600");
    place.textContent = "";
  }

  async newCode() {
    try {
      const { code, address } = await this.api.post(`${this.address}code/`, {});
      this.facts.has_display = true;
      byId("display-address", HTMLElement).textContent = address;
      return `${code.slice(0, 4)}-${code.slice(4)}`;
    } catch {
      return text("needs_network");
    }
  }

  /** @param {InHand} inHand  whose card is on the till's screen now */
  showCard({ card, face }) {
    if (card) this.say({ kind: "card", ...this.ofCard(card) });
    else if (face) this.say({ kind: "card", name: face.firstName });
    else this.clear();
  }

  /**
   * @param {Entry} entry
   * @param {Posting} posting
   */
  showDone(entry, posting) {
    const about = this.ofCard(posting.card);
    const lines = linesOf(posting);
    const sum = (/** @type {"stamps_delta" | "points_delta"} */ of) =>
      Math.max(0, lines.reduce((all, line) => all + line[of], 0));
    if (GAINS.has(entry.kind))
      this.say({ kind: "earned", ...about, landed: sum("stamps_delta"), earned: sum("points_delta") });
    else if (entry.kind.startsWith("redeem")) this.say({ kind: "reward", ...about, reward: entry.summary });
    else this.say({ kind: "card", ...about });
  }

  /**
   * A new card, with the way to it as a picture.
   *
   * @param {Posting} posting
   * @param {string} address  of the picture, on this site
   */
  showToTake({ card }, address) {
    this.say({ kind: "take", ...this.ofCard(card), take: new URL(address, location.href).pathname });
  }

  /**
   * What waits for the network is noted, and no more than that.
   *
   * @param {Entry} entry
   * @param {InHand} inHand
   */
  showNoted(entry, { card, face }) {
    const landed = entry.kind === "stamp" ? Number(entry.body.count ?? 1) : 0;
    this.say({ kind: "noted", name: card ? firstName(card) : (face?.firstName ?? ""), landed });
  }

  clear() {
    this.put(null);
  }

  /**
   * @param {Card} card
   * @returns {Omit<Moment, "key" | "kind">}
   */
  ofCard(card) {
    const { loyalty_type: type } = this.facts.program;
    const hasStamps = type !== "points";
    return {
      name: firstName(card),
      ...(hasStamps && { stamps: card.stamp_count, target: card.stamps_target }),
      ...(hasStamps && card.stamp_reward.ready && { full: true, reward: rewardName(card) }),
      ...(type !== "stamps" && { points: card.points_balance }),
    };
  }

  /** @param {Omit<Moment, "key">} about */
  say(about) {
    if (!this.screens.isLocked) this.put({ key: crypto.randomUUID(), ...about });
  }

  /** @param {Moment | null} moment */
  put(moment) {
    if (!moment && !this.moment) return;
    this.moment = moment;
    this.channel.postMessage(moment);
    if (this.facts.has_display && !this.isSaying) this.tell();
  }

  /** One after the other, so that the last one stays; what was meanwhile overtaken is not said. */
  async tell() {
    this.isSaying = true;
    for (let told; told !== this.moment;) {
      told = this.moment;
      await fetch(`${this.address}tell/`, {
        method: "POST",
        keepalive: true, // a till that locks may be loaded anew
        signal: AbortSignal.timeout(TIMEOUT_MS), // what comes next has to be said, whatever became of this
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.api.csrfToken() },
        body: JSON.stringify(told),
      }).catch(() => undefined); // it is off the screen within a minute by itself
    }
    this.isSaying = false;
  }
}

/** @param {Card} card */
function firstName(card) {
  return card.customer.name.split(" ")[0];
}
