"""Every screen and sheet of the till locks while a call of it is under way: its late answer is nobody else's."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, expect

from loyalty.models import LoyaltyCard, LoyaltyProgram, Purchase
from loyalty.services import purchases, returns
from tests import factories
from tests.browser.locked import SEARCH, STAMPS, UNLOCK, held_calls, is_asked, settles
from tests.browser.test_terminal_noted import other_number
from tests.browser.test_terminal_offline import no_network
from tests.browser.till import Till, ledger

EARLIER = "5901234123457"  # an EAN-13 on an earlier card
PLACES = """() => [...document.querySelectorAll("[data-screen-name], dialog, aside")]
  .map((one) => one.dataset.screenName ?? one.id)"""
# What can be read, by eye or by a screen reader: words, and what stands in fields.
REVEALED = """([places, marks]) => {
  const shown = [...document.querySelectorAll(places)].filter((one) => one.checkVisibility());
  const fields = shown.flatMap((one) => [...one.querySelectorAll("input")]).filter((one) => one.checkVisibility());
  const words = [...shown.map((one) => one.innerText), ...fields.map((one) => one.value)].join(" ");
  return marks.filter((mark) => words.includes(mark));
}"""
# Words that a browser's translator would take for words of the page.
TRANSLATABLE = """(marks) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; (node = walker.nextNode());) {
    const place = node.parentElement;
    const isNamed = marks.some((mark) => node.data.includes(mark)) && place.checkVisibility();
    if (isNamed && !place.closest("[translate=no]")) found.push(node.data.trim());
  }
  return found;
}"""
OF_A_CUSTOMER = "main > section, dialog, #announcement"  # what is recent at the shop is for everybody at work
LOCK = "document.getElementById('lock-button').click()"  # as the time does it: a sheet that is open is no hindrance
RECENT = re.compile(r"/transactions/\?page_size=20$")
CARDS = re.compile(r"/cards/$")


@dataclass(frozen=True)
class Counter:
    """A till of a manager, and whom it serves."""

    till: Till
    shop: factories.Shop
    anouk: LoyaltyCard
    full: LoyaltyCard
    owes: LoyaltyCard

    @property
    def marks(self) -> list[str]:
        """What tells whoever reads it who was served."""
        numbers = [card.display_number for card in (self.anouk, self.full, self.owes)]
        return ["Anouk", "Maxime", "Jeanne", "Jules", "Weber", "R-1", EARLIER, *numbers]

    def card(self, of: LoyaltyCard) -> Till:
        return self.till.scan(of.qr_code_data).shows("card")

    def opened(self, sheet: str) -> None:
        expect(self.till.text(f"#{sheet}[open]")).to_be_visible()


@dataclass(frozen=True)
class Row:
    """A place of the till, the call that is under way there, how it comes to that, and what it writes."""

    place: str
    call: re.Pattern[str]
    begin: Callable[[Counter], object]
    writes: list[str] = field(default_factory=list)
    leave: str = LOCK
    is_unlocked: bool = True


@pytest.fixture
def counter(context: BrowserContext, live_server: object) -> Counter:
    shop = factories.shop()
    factories.staff_pin(shop.store, name="Léa", pin="4711")
    factories.staff_pin(shop.store, name="Marc", pin="2580")
    anouk = factories.card(shop.store, name="Anouk Weber", stamps=3)
    full = factories.card(shop.store, name="Maxime Weber", stamps=10)
    owes = factories.card(shop.store, name="Jeanne Weber")
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        for card, receipt in ((anouk, "R-1"), (owes, "R-12")):
            where = {"store": shop.store, "card_id": card.pk, "actor": actor}
            purchases.record(**where, purchase_amount_cents=6000, order_reference=receipt)
        factories.points.redeem(**where, reward_id=shop.program.rewards.get(name="Croissant").pk)
        bought = Purchase.objects.get(order_reference="R-12").pk
        returns.give_back(
            store=shop.store, actor=actor, purchase_id=bought, reason="too small", amount_cents=6000
        )
        LoyaltyProgram.objects.update(require_staff_pin=True)
    till = Till(context).sign_in(shop.manager).keep_time().open(shop.store)
    return Counter(till, shop, anouk, full, owes)


# --- How each comes to its call ---------------------------------------------------------------------------


def chooses_of_several(at: Counter) -> None:
    at.till.find("Weber")
    at.opened("matches-sheet")
    at.till.press("Anouk Weber")


def types_an_amount(at: Counter) -> None:
    at.card(at.anouk).press("Earn points").shows("amount").type_amount("1240").press("Credit points")


def brings_back(at: Counter) -> None:
    at.card(at.anouk).press("Return").shows("return").press("R-1")
    expect(at.till.text("#return-says")).to_contain_text("Takes back")
    at.till.press("Confirm the return")


def enrols(at: Counter) -> None:
    at.till.press("New customer").shows("enrol").page.locator("#enrol-name").fill("Jules Reding")
    at.till.press("Make the card")


def redeems(at: Counter) -> None:
    at.card(at.full).press("Redeem")
    at.opened("rewards-sheet")
    at.till.press("a coffee")


def forgives(at: Counter) -> None:
    at.card(at.owes).press("Let it go")
    at.opened("forgive-sheet")
    at.till.press("Let it go")


def undoes(at: Counter) -> None:
    at.card(at.anouk).press("Add 1 stamp").says("+1 stamp").press("Undo")


def attaches(at: Counter) -> None:
    at.till.scan(EARLIER).press("Attach to a card").shows("scan")
    at.till.scan(at.anouk.qr_code_data)


def sees_what_was_refused(at: Counter) -> None:
    with no_network(at.till):
        at.till.find(other_number(at.anouk.card_number)).shows("card")
        at.till.press("Add 1 stamp").says("+1 stamp").press("Next customer").shows("scan")
    expect(at.till.text("#net-text")).to_have_text("1 not accepted", timeout=20_000)
    at.till.press("1 not accepted")
    at.opened("queue-sheet")


def mends(at: Counter) -> None:
    at.till.press("1 not accepted").press("Book it after all")
    at.opened("mend-sheet")
    at.till.page.get_by_label("The right card").fill(at.anouk.display_number)
    at.till.press("Book it now")


def opens(button: str, sheet: str) -> Callable[[Counter], None]:
    """A sheet that makes no call of its own: the list of what is recent is asked for behind it."""

    def begin(at: Counter) -> None:
        at.till.page.locator(button).click()
        at.opened(sheet)

    return begin


def shows_the_fault(at: Counter) -> None:
    at.till.page.evaluate("document.getElementById('fault').showModal()")
    at.opened("fault")


MARC = "document.querySelectorAll('#people input')[1].click()"
TABLE = [
    Row("lock", UNLOCK, lambda at: at.till.unlock("4711"), leave=MARC, is_unlocked=False),
    Row("scan", SEARCH, lambda at: at.till.find("Anouk")),
    Row("matches-sheet", re.compile(r"/cards/\d+/transactions/"), chooses_of_several),
    Row("card", STAMPS, lambda at: at.card(at.anouk).press("Add 1 stamp"), ["stamp_earned"]),
    Row("amount", re.compile(r"/purchases/$"), types_an_amount, ["points_earned", "stamp_earned"]),
    Row("return", re.compile(r"/purchases/\?"), lambda at: at.card(at.anouk).press("Return")),
    Row("return", re.compile(r"/return/$"), brings_back, ["points_returned", "stamps_returned"]),
    Row("enrol", CARDS, enrols),
    Row("take-card", CARDS, lambda at: at.till.press("New card")),
    Row("rewards-sheet", re.compile(r"/stamps/redeem/$"), redeems, ["stamp_redeemed"]),
    Row("forgive-sheet", re.compile(r"/forgive/$"), forgives, ["debt_forgiven"]),
    Row("result", re.compile(r"/void/$"), undoes, ["stamp_earned", "stamp_voided"]),
    Row("scan", re.compile(r"/codes/$"), attaches),
    Row("queue-sheet", RECENT, sees_what_was_refused),
    Row("mend-sheet", re.compile(r"/cards/lookup/"), mends),
    Row("check-sheet", re.compile(r"/stores/[^/]+/$"), opens("#check-button", "check-sheet")),
    Row("display-sheet", RECENT, opens("#display-button", "display-sheet")),
    Row("fault", RECENT, shows_the_fault),
    Row("side", RECENT, lambda at: at.till.text("#recent-title").focus()),
]


# --- What becomes of it -----------------------------------------------------------------------------------


def unlocks(till: Till, name: str, pin: str) -> None:
    till.page.locator("#people").get_by_text(name, exact=True).click()
    till.unlock(pin).shows("scan")


def now_and_later(at: Counter, screen: str, places: str) -> list[str]:
    """What is wrong as soon as the answer has come, and when whatever leaves by itself has left."""
    found = wrong(at, screen, places)
    settles(at.till)
    return found + wrong(at, screen, places)


def wrong(at: Counter, screen: str, places: str) -> list[str]:
    page = at.till.page
    shown = page.locator("body").get_attribute("data-screen")
    faults = [] if shown == screen else [f"{shown} is on, and not {screen}"]
    faults += [
        f"{one} is open"
        for one in page.evaluate("[...document.querySelectorAll('dialog[open]')].map(d => d.id)")
    ]
    return faults + [f"{mark} can be read" for mark in page.evaluate(REVEALED, [places, at.marks])]


def locks_meanwhile(at: Counter, row: Row, *, is_someone_in: bool) -> list[str]:
    """Play a row of the table; what is wrong then."""
    cache.clear()  # so many PINs in a minute are not typed at a till
    with held_calls(at.till, row.call) as held:
        if row.is_unlocked:
            unlocks(at.till, "Léa", "4711")
        row.begin(at)
        is_asked(at.till, held)
        at.till.page.unroute(row.call)  # what is asked for from now on is the next person's
        names = [*set(at.marks) - {"R-1"}, "Léa", "Marc"]
        faults = [f"{one!r} may be translated" for one in at.till.page.evaluate(TRANSLATABLE, names)]
        at.till.page.evaluate(row.leave)
        at.till.shows("lock")
        if is_someone_in:
            unlocks(at.till, "Marc", "2580")
    if not is_someone_in:
        faults += now_and_later(at, "lock", "body")
        unlocks(at.till, "Marc", "2580")
    faults += now_and_later(at, "scan", OF_A_CUSTOMER)
    if faults:
        at.till.open(at.shop.store)  # they are of this row
    at.till.page.evaluate(LOCK)
    at.till.shows("lock")
    return faults


def test_every_screen_and_sheet_of_the_till_has_a_row(counter):
    assert {row.place for row in TABLE} == set(counter.till.page.evaluate(PLACES))


@pytest.mark.parametrize("is_someone_in", [False, True])
def test_no_late_answer_opens_shows_or_books_anything_for_anybody_else(counter, is_someone_in):
    before = len(ledger(counter.shop))
    faults = {
        f"{row.place} {row.call.pattern}": found
        for row in TABLE
        if (found := locks_meanwhile(counter, row, is_someone_in=is_someone_in))
    }

    assert faults == {}
    booked = [
        (line.transaction_type, line.staff_pin and line.staff_pin.name) for line in ledger(counter.shop)
    ]
    assert booked[before:] == [(kind, "Léa") for row in TABLE for kind in row.writes]
