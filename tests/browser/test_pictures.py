"""The pictures of docs/shopkeepers/your-program.md, made of the site as it is; `make pictures` keeps them.

Without PICTURES nothing is written: the test says whether the pages that are shown there still are as they are told.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import factories
from tests.browser.measure import sideways
from tests.browser.test_console import enter
from tests.sources import ROOT

SHOWN = {"program-form.png", "program-question.png"}
PAGE = ROOT / "docs" / "shopkeepers" / "your-program.md"


def keep(page: Page, name: str) -> None:
    """Take a picture as the documentation has it, and keep it where PICTURES says."""
    assert (sideways(page), name in SHOWN) == (0, True)
    expect(
        page.frame_locator("iframe").get_by_text("Friends of the house").first
    ).to_be_visible()  # the preview
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / name)


@pytest.mark.django_db(transaction=True)
def test_a_program_is_changed_as_the_documentation_shows_it(
    live_server: object, context: BrowserContext
) -> None:
    shop = factories.shop(card_name="Friends of the house", stamps_reward_description="a coffee")
    factories.card(shop.store, stamps=9)
    page = enter(context, shop.owner)
    page.goto(f"/admin/loyalty/loyaltyprogram/{shop.program.pk}/change/")
    page.get_by_role("button", name="Stamps", exact=True).click()
    expect(page.locator("[name=stamps_target]")).to_be_visible()
    keep(page, "program-form.png")
    page.fill("[name=stamps_target]", "12")
    page.locator("button[name=_save]").click()
    expect(page.get_by_text("1 card would be further from its reward.")).to_be_visible()
    keep(page, "program-question.png")


def test_the_page_shows_these_pictures_and_they_are_there() -> None:
    shown = set(re.findall(r"!\[[^]]+\]\(\.\./pictures/([\w.-]+)\)", PAGE.read_text()))
    assert shown == SHOWN
    assert {name for name in SHOWN if (ROOT / "docs" / "pictures" / name).exists()} == SHOWN
