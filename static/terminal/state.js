/** Which screen is on. The stylesheet shows the section whose name the body carries. */

/** @typedef {"lock" | "scan" | "card" | "amount" | "enrol"} ScreenName */

/** Dispatches "change" with {from, to} when another screen comes on. */
export class Screens extends EventTarget {
  get current() {
    return /** @type {ScreenName} */ (document.body.dataset.screen);
  }

  /**
   * @param {ScreenName} name
   * @param {HTMLElement} [focus]  what gets the focus; else the page's main part, so that keys go nowhere in particular
   */
  show(name, focus) {
    const from = this.current;
    document.body.dataset.screen = name;
    delete document.body.dataset.side;
    (focus ?? document.getElementById("main"))?.focus({ preventScroll: true });
    document.querySelector(`[data-screen-name=${name}]`)?.scrollTo(0, 0);
    if (from !== name) this.dispatchEvent(new CustomEvent("change", { detail: { from, to: name } }));
  }
}
