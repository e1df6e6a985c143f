/** Whether the server can be reached: what the browser says, and what the latest call has shown. */

/** @import { Api } from "./api.js" */

const FIRST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 30_000;

/** Dispatches "change" when the network goes or comes back; until it is back, it asks again and again. */
export class Connection extends EventTarget {
  /**
   * @param {Api} api
   * @param {boolean} isShell  the page itself could not be had: a device in a network whose server is away says "online"
   */
  constructor(api, isShell) {
    super();
    this.api = api;
    this.offline = isShell || !navigator.onLine;
    this.pause = FIRST_PAUSE_MS;
    this.timer = 0;
  }

  start() {
    this.api.addEventListener("answered", () => this.note(false));
    this.api.addEventListener("unanswered", () => this.note(true));
    addEventListener("offline", () => this.note(true));
    addEventListener("online", () => this.ask());
    document.addEventListener("visibilitychange", () => this.offline && this.ask());
    if (this.offline) this.askLater();
  }

  /** @param {boolean} unanswered  whether the latest call was; an answer that was under way says little */
  note(unanswered) {
    const offline = unanswered || !navigator.onLine;
    if (offline) this.askLater();
    else this.pause = FIRST_PAUSE_MS;
    if (offline === this.offline) return;
    this.offline = offline;
    this.dispatchEvent(new Event("change"));
  }

  askLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 1.6);
  }

  /** The answer itself comes back as an event of the API; any answer will do. */
  ask() {
    clearTimeout(this.timer);
    if (!navigator.onLine || document.hidden) this.askLater();
    else this.api.get("").catch(() => undefined);
  }
}
