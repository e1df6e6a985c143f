/** The badge in the header (online, offline, how many wait or were refused) and the list behind it. */

import * as database from "./database.js";
import { byId, changeIcon, element, named } from "./dom.js";
import { when } from "./format.js";
import { openSheet } from "./sheet.js";
import { plural, text } from "./texts.js";

/** @import { Connection } from "./connection.js" */
/** @import { Outbox } from "./outbox.js" */
/** @import { Screens } from "./state.js" */
/** @import { Entry, Facts, Refused } from "./types.js" */

const MENDABLE = new Set(["stamp", "purchase"]);

/** Dispatches "mend" with a Refused. */
export class QueueView extends EventTarget {
  /**
   * @param {Facts} facts
   * @param {Outbox} outbox
   * @param {Connection} connection
   * @param {Screens} screens
   */
  constructor(facts, outbox, connection, screens) {
    super();
    this.facts = facts;
    this.outbox = outbox;
    this.connection = connection;
    this.screens = screens;
    this.badge = byId("net", HTMLButtonElement);
    this.sheet = byId("queue-sheet", HTMLDialogElement);
    /** @type {Entry[]} */
    this.waiting = [];
    /** @type {Refused[]} */
    this.refused = [];
  }

  start() {
    this.badge.addEventListener("click", () => this.open());
    this.outbox.addEventListener("change", () => this.draw());
    this.connection.addEventListener("change", () => this.draw());
    this.draw();
  }

  /** Behind the lock it stays shut: what waits there is for those at work to see and to drop. */
  async open() {
    const { unlocked } = this.screens;
    await this.draw();
    for (let chosen; (chosen = await openSheet(this.sheet, unlocked)) !== null;) {
      const refused = this.refused.find(({ key }) => chosen === `mend:${key}`);
      if (refused) return this.dispatchEvent(new CustomEvent("mend", { detail: refused }));
      await this.drop(chosen);
      await this.draw();
    }
  }

  /** @param {string} key  of a refused action that was seen, or of a waiting one that shall not be sent */
  async drop(key) {
    const entry = this.waiting.find((one) => one.key === key);
    if (entry) await this.outbox.withdraw(entry);
    else await this.outbox.dismiss(key);
  }

  async draw() {
    const [waiting, refused, elsewhere] = await Promise.all([
      this.outbox.waiting(),
      this.outbox.refused(),
      this.outbox.waitingElsewhere(),
    ]);
    this.waiting = waiting;
    this.refused = refused;
    this.drawBadge(waiting.length, refused.length);
    this.drawSheet(waiting, refused, elsewhere.length);
  }

  /**
   * @param {number} waiting
   * @param {number} refused
   */
  drawBadge(waiting, refused) {
    const { offline } = this.connection;
    const state = refused ? "refused" : offline ? "offline" : waiting ? "waiting" : "online";
    const words = {
      refused: plural("refused_count", refused),
      offline: waiting ? plural("offline_waiting", waiting) : text("offline"),
      waiting: plural("sending", waiting),
      online: text("online"),
    };
    this.badge.dataset.state = state;
    changeIcon(
      this.badge,
      { refused: "alert", offline: "cloud-off", waiting: "clock", online: "wifi" }[state],
    );
    const place = byId("net-text", HTMLElement);
    if (place.textContent === words[state]) return;
    place.textContent = words[state];
    byId("net-status", HTMLElement).textContent = words[state];
  }

  /**
   * @param {Entry[]} waiting
   * @param {Refused[]} refused
   * @param {number} elsewhere
   */
  drawSheet(waiting, refused, elsewhere) {
    const network = this.connection.offline ? "offline_explained" : "online_explained";
    byId("queue-state", HTMLElement).textContent = text(database.isKept() ? network : "offline_unkept");
    fillList(
      "refused",
      refused.map((record) => this.row(record, record.reason, text("seen"), isMendable(record))),
    );
    fillList(
      "waiting",
      waiting.map((entry) => this.row(entry, named(entry.staffName), text("do_not_send"))),
    );
    byId("elsewhere", HTMLElement).hidden = !elsewhere;
    byId("elsewhere-text", HTMLElement).textContent = plural("waiting_elsewhere", elsewhere);
  }

  /**
   * @param {Entry | Refused} record
   * @param {Node | string | null} detail
   * @param {string} label
   * @param {boolean} [canMend]
   */
  row(record, detail, label, canMend = false) {
    const facts = [record.summary, when(record.madeAt, this.facts.store.timezone)].join(", ");
    return element(
      "li",
      { class: "queued" },
      element(
        "div",
        {},
        element("b", { text: record.name, translate: "no" }),
        element("small", { text: facts }),
        element("small", {}, detail),
      ),
      canMend && button("btn primary", `mend:${record.key}`, text("mend")),
      button("btn", record.key, label),
    );
  }
}

/** @param {Refused} record */
function isMendable({ kind, body }) {
  return MENDABLE.has(kind) && body !== undefined;
}

/**
 * @param {string} look
 * @param {string} value
 * @param {string} label
 */
function button(look, value, label) {
  return element("button", { type: "button", class: look, "data-value": value, text: label });
}

/**
 * @param {"refused" | "waiting"} id
 * @param {HTMLElement[]} rows
 */
function fillList(id, rows) {
  byId(id, HTMLElement).replaceChildren(...rows);
  byId(`${id}-block`, HTMLElement).hidden = !rows.length;
}
