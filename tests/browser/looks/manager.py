"""The terminal of a manager, from the lock to what is recent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, LONG, Gallery
from tests.browser.looks.steps import in_language, is_open, stays, tap, tap_pin, to_scan, unlock
from tests.browser.till import Till

Look = Callable[[str], None]
People = dict[str, LoyaltyCard]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_of_a_manager(
    context: BrowserContext, busy: factories.Shop, people: People, language: str
) -> None:
    till = Till(context).sign_in(busy.manager)
    in_language(till, busy.store, language).shows("lock")
    look = Gallery(till.page, language).look

    comes_in(till, look)
    meets_a_newcomer(till, look)
    finds_nobody(till, look)
    books_a_purchase(till, look)
    serves_cards_of_every_state(till, look, people)
    takes_back(till, look, people)
    looks_aside(till, look)


def comes_in(till: Till, look: Look) -> None:
    """From the lock to the first screen."""
    look("lock")
    tap_pin(till, "9999")
    expect(till.text("#pin-error")).to_be_visible()
    look("lock-wrong")
    unlock(till)
    look("scan")


def meets_a_newcomer(till: Till, look: Look) -> None:
    """Somebody who is not known yet, and typing that went wrong."""
    tap(till, "#enrol-button").shows("enrol").text("#enrol-email").fill("anouk")
    tap(till, "#enrol-submit")
    expect(till.text("#enrol-email-error")).to_be_visible()
    till.text("#enrol-name").fill(LONG)
    look("enrol-error")
    till.text("#enrol-email").fill("anouk@gmail.con")
    till.text("#enrol-phone").focus()
    look("enrol-slip")


def finds_nobody(till: Till, look: Look) -> None:
    """What is not found: an address, and the code of an earlier card."""
    to_scan(till).find("nobody@example.com")
    stays(till)
    look("not-found")
    to_scan(till).scan("4006381333931")
    stays(till)
    look("unknown-code")
    tap(till, "#result-undo").shows("scan")
    look("attach")
    tap(till, ".attach-bar button")


def books_a_purchase(till: Till, look: Look) -> None:
    """One of several, and what they buy."""
    till.find("Weber")
    is_open(till, "#matches-sheet")
    look("matches")
    tap(till, "#matches button").shows("card")
    look("card")
    till.tap_amount("1240")
    expect(till.text("#earn-rate")).to_contain_text(re.compile(r"\d"))
    look("card-amount")
    tap(till, "#earn-button")
    stays(till)
    look("done")
    tap(till, "#result-next").shows("scan")


def serves_cards_of_every_state(till: Till, look: Look, people: People) -> None:
    """Full, off, and owing."""
    till.scan(people["full"].qr_code_data).shows("card")
    look("card-full")
    tap(till, "#redeem-button")
    is_open(till, "#rewards-sheet")
    look("rewards")
    tap(till, "#rewards button")
    stays(till)
    look("redeemed")
    tap(till, "#result-next").shows("scan")
    till.scan(people["closed"].qr_code_data).shows("card")
    look("card-inactive")
    to_scan(till).scan(people["owes"].qr_code_data).shows("card")
    look("card-owes")
    tap(till, "#forgive-button")
    is_open(till, "#forgive-sheet")
    look("forgive")
    till.page.keyboard.press("Escape")


def takes_back(till: Till, look: Look, people: People) -> None:
    """What is brought back, and what is undone."""
    tap(till, "#card-return-button").shows("return")
    expect(till.text("#purchases li")).to_have_count(1)
    look("receipts")
    tap(till, "#purchases button")
    expect(till.text("#return-says")).not_to_be_empty()
    look("return")
    tap(till, "#return-confirm")
    stays(till)
    look("returned")
    tap(till, "#result-next").shows("scan")
    till.scan(people["owes"].qr_code_data).shows("card")
    expect(till.text("#void-button")).not_to_have_attribute("aria-disabled", "true")
    tap(till, "#void-button")
    stays(till)
    look("void-question")


def looks_aside(till: Till, look: Look) -> None:
    """A card for nobody, the check of the device, and what is recent."""
    to_scan(till)
    tap(till, "#new-card-button")
    is_open(till, "#take-card")
    expect(till.text("#take-card-picture")).to_have_attribute("src", re.compile("take-along"))
    expect(till.text("#take-card-picture")).to_have_js_property("complete", True)
    look("take-card")
    tap(till, "#take-card [data-value=next]").shows("scan")
    till.page.set_viewport_size({"width": 1280, "height": 800})
    tap(till, "#check-button")
    is_open(till, "#check-sheet")
    expect(till.text("#check-camera")).not_to_have_attribute("data-state", "open")
    look("check")
    till.page.keyboard.press("Escape")
    till.page.set_viewport_size({"width": 390, "height": 844})
    tap(till, "#recent-button")
    look("recent")
