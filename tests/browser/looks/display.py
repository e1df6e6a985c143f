"""The screen turned to the customer."""

import pytest
from playwright.sync_api import BrowserContext, expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, Gallery
from tests.browser.looks.steps import in_language, is_open, stays, tap, to_scan, unlock
from tests.browser.till import Till


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_turned_to_the_customer(
    context: BrowserContext, busy: factories.Shop, people: dict[str, LoyaltyCard], language: str
) -> None:
    till = Till(context).sign_in(busy.manager)
    in_language(till, busy.store, language)
    unlock(till)
    screen = context.new_page()
    screen.goto(f"/terminal/{busy.store.store_code}/display/?lang={language}")
    look = Gallery(screen, language).look
    look("display-welcome")
    till.scan(people["usual"].qr_code_data).shows("card")
    expect(screen.locator("#moment")).to_be_visible()
    look("display-card")
    till.tap_amount("1240")
    tap(till, "#earn-button")
    stays(till)
    expect(screen.locator("#moment-stamps .new")).not_to_have_count(0)
    look("display-earned")
    tap(till, "#result-next").shows("scan")
    till.scan(people["full"].qr_code_data).shows("card")
    look("display-full")
    to_scan(till)
    tap(till, "#new-card-button")
    is_open(till, "#take-card")
    expect(screen.locator("#moment-picture")).to_be_visible()
    look("display-take")
