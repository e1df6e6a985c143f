"""The terminal of a device on the counter, without a network and with one again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, LONG, Gallery
from tests.browser.looks.steps import in_language, is_open, stays, tap, to_scan, unlock
from tests.browser.test_terminal_noted import other_number
from tests.browser.test_terminal_offline import no_network
from tests.browser.test_till_device import new_code
from tests.browser.till import Till

Look = Callable[[str], None]
People = dict[str, LoyaltyCard]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_of_a_device_without_a_network(
    context: BrowserContext, busy: factories.Shop, people: People, language: str
) -> None:
    till = Till(context)
    look = Gallery(till.page, language).look
    becomes_a_till(till, look, busy, language)
    shows_the_customers_screen(till, look)
    till.scan(people["usual"].qr_code_data).shows("card")
    expect(till.text("#customer-name")).to_have_text(LONG)
    to_scan(till)
    till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    with no_network(till):
        notes_without_a_network(till, look, people)
    mends_what_was_refused(till, look)
    says_what_is_wrong(till, look)


def becomes_a_till(till: Till, look: Look, busy: factories.Shop, language: str) -> None:
    """A code makes it one."""
    till.page.goto(f"/terminal/?lang={language}")
    look("device-code")
    till.page.locator("input[name=code]").fill(new_code(busy, "Theke 1"))
    tap(till, "main button[type=submit]")
    till.is_ready()
    in_language(till, busy.store, language).shows("lock")
    look("lock-device")
    unlock(till)


def shows_the_customers_screen(till: Till, look: Look) -> None:
    """The code for a second device."""
    till.page.set_viewport_size({"width": 1280, "height": 800})
    tap(till, "#display-button")
    is_open(till, "#display-sheet")
    expect(till.text("#display-code")).to_have_text(re.compile(r"\w{4}-\w{4}"))
    look("display-sheet")
    till.page.keyboard.press("Escape")


def notes_without_a_network(till: Till, look: Look, people: People) -> None:
    """A slip, a known face, a card that was never seen here, and what waits."""
    till.find("9999-9999-9999")
    stays(till)
    look("offline-slip")
    to_scan(till).scan(people["usual"].qr_code_data).shows("card")
    look("offline-card")
    to_scan(till).find(other_number(people["usual"].card_number)).shows("card")
    look("offline-unseen")
    tap(till, "#earn-button").shows("amount").type_amount("9900")
    look("amount-offline")
    tap(till, "#credit-button")
    stays(till)
    look("noted")
    tap(till, "#result-next").shows("scan")
    tap(till, "#net")
    is_open(till, "#queue-sheet")
    look("queue-waiting")
    till.page.keyboard.press("Escape")


def mends_what_was_refused(till: Till, look: Look) -> None:
    """The list of what was not accepted, and what is done about it."""
    expect(till.text("#refused li")).not_to_have_count(0, timeout=30_000)
    tap(till, "#net")
    is_open(till, "#queue-sheet")
    look("queue-refused")
    tap(till, "#refused [data-value^='mend:']")
    is_open(till, "#mend-sheet")
    look("mend")
    till.page.keyboard.press("Escape")


def says_what_is_wrong(till: Till, look: Look) -> None:
    """Strips, and the fault that nobody foresaw."""
    till.page.evaluate("for (const strip of document.querySelectorAll('.strip')) strip.hidden = false")
    look("strips")
    till.page.evaluate("void setTimeout(() => document.getElementById('fault').showModal())")
    is_open(till, "#fault")
    look("fault")
