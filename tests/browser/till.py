"""The terminal as the person in front of it uses it: by what is written on it."""

import re
import time
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy.models import Store, User
from tests import factories

COUNT = """() => {
  if (!("taps" in window)) addEventListener("click", ({ isTrusted }) => (window.taps += isTrusted), true);
  window.taps = 0;
}"""
# Playwright's clock moves the patience with disk and server as well: a minute that passes while the disk is at work
# would count as a disk that never answers. And it tells of a key when it was handled, not when it was pressed: a
# scanner would be a person's fingers wherever the machine is slow.
REAL_TIME = """(() => {
  window.patience ??= AbortSignal.timeout;
  window.strokes ??= Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp");
})()"""
KEPT_TIME = """(() => {
  const { AbortSignal, patience, strokes } = window;
  Object.defineProperty(Event.prototype, "timeStamp", strokes);
  window.AbortSignal = class extends AbortSignal {
    static timeout(milliseconds) {
      return patience.call(AbortSignal, milliseconds);
    }
  };
})()"""
ON_TOP = "dialog[open], body:not(:has(dialog[open]))"
SCANNER_SECONDS = 0.005  # from one key to the next
ENTER = 13


class Till:
    """A device with the terminal of a store open in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()

    # --- Getting in ---

    def sign_in(self, person: User, password: str = factories.PASSWORD) -> "Till":
        """Sign in as somebody, whoever was before."""
        self.context.clear_cookies()
        self.page.goto("/login/")
        self.page.get_by_label("E-mail").fill(person.email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        return self

    def open(self, store: Store, query: str = "") -> "Till":
        self.page.goto(f"/terminal/{store.store_code}/{query}")
        return self.is_ready()

    def keep_time(self) -> "Till":
        """Its clock is the test's from now on, to be moved by `page.clock`; disk and server have their own time."""
        self.on_every_page(REAL_TIME)
        self.page.clock.install()
        self.on_every_page(KEPT_TIME)
        return self

    def on_every_page(self, script: str) -> None:
        """On the one that is there, and on each that comes."""
        self.context.add_init_script(script)
        self.page.evaluate(script)

    def is_ready(self) -> "Till":
        expect(self.page.locator("html")).to_have_attribute("data-ready", "true")
        return self

    def unlock(self, pin: str = factories.PIN) -> "Till":
        for digit in pin:
            self.page.locator("#pin-keys").get_by_role("button", name=digit, exact=True).click()
        self.page.get_by_role("button", name="Unlock").click()
        return self

    # --- What it shows ---

    def shows(self, screen: str) -> "Till":
        """Which of lock, scan, card, amount, enrol is on."""
        expect(self.page.locator("body")).to_have_attribute("data-screen", screen)
        return self

    def text(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def says(self, title: str, detail: str = "", note: str = "", *, stays: bool = True) -> "Till":
        """The result that fills the screen; somebody reads it, so that it stays, however slow this machine is."""
        if stays:
            self.page.locator("#result[open]").dispatch_event("pointermove")
        expect(self.page.locator("#result-title")).to_have_text(title)
        for place, words in (("#result-detail", detail), ("#result-note", note)):
            if words:
                expect(self.page.locator(place)).to_contain_text(words)
        return self

    # --- What one does ---

    def press(self, name: str) -> "Till":
        """A button that is on the screen, by the beginning of its words; of what lies on top, if anything does."""
        place = self.page.locator(ON_TOP)  # looked for anew until it is there: a dialog may be closing
        place.get_by_role("button", name=re.compile(rf"^{re.escape(name)}")).first.click()
        return self

    def find(self, text: str) -> "Till":
        self.page.locator("#query").fill(text)
        self.page.locator("#query").press("Enter")
        return self

    def scan(self, code: str, pauses: dict[int, float] | None = None) -> "Till":
        """A USB scanner types fast, however slow this machine is, and ends with Enter, wherever the focus is.

        `pauses` are seconds before some of its keys, by their place.
        """
        tools = self.context.new_cdp_session(self.page)
        at = time.time()
        for place, key in enumerate([*code, "Enter"]):
            at += (pauses or {}).get(place, SCANNER_SECONDS)
            number = ENTER if key == "Enter" else ord(key.upper()) if key.isalnum() else 0
            stroke = {"key": key, "windowsVirtualKeyCode": number, "timestamp": at}
            tools.send(
                "Input.dispatchKeyEvent",
                {"type": "keyDown", "text": "\r" if key == "Enter" else key, **stroke},
            )
            tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})
        tools.detach()
        return self

    # --- How many taps it takes ---

    def count_taps(self) -> "Till":
        """From here."""
        self.page.evaluate(COUNT)
        return self

    @property
    def taps(self) -> int:
        count: int = self.page.evaluate("window.taps")
        return count

    def tap_amount(self, digits: str) -> "Till":
        """By touch, on the keys of the card."""
        for digit in digits:
            self.page.locator("#pad-keys").get_by_role("button", name=digit, exact=True).click()
        return self

    def type_amount(self, digits: str) -> "Till":
        for digit in digits:
            self.page.locator("#amount-keys").get_by_role("button", name=digit, exact=True).click()
        return self


def ledger(of: factories.Shop) -> list[LoyaltyTransaction]:
    """What happened at a shop after its cards were made, oldest first."""
    with factories.inside(of):
        lines = LoyaltyTransaction.objects.exclude(transaction_type="card_created")
        return list(lines.select_related("staff_pin").order_by("id"))


def balance(card: LoyaltyCard) -> tuple[int, int]:
    """The stamps and points of a card, as the database has them now."""
    row = factories.fresh(card)
    return row.stamp_count, row.points_balance


def becomes(till: Till, card: LoyaltyCard, wanted: tuple[int, int], seconds: float = 20) -> None:
    """Wait until the database has a card's stamps and points as wanted: a page that opens sends what it holds."""
    until = time.monotonic() + seconds
    while balance(card) != wanted and time.monotonic() < until:
        till.page.wait_for_timeout(100)
    assert balance(card) == wanted


def comes_true(till: Till, expression: str, seconds: float = 20) -> None:
    """Wait until an expression of JavaScript is true on the page, whose policy lets no string be waited for there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(Error):  # the page is being loaded anew
            if till.page.evaluate(expression):
                return
        till.page.wait_for_timeout(50)
    assert till.page.evaluate(expression)
