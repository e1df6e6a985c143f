"""The pictures of the documentation, made of the site as it is; `make pictures` keeps them.

Without PICTURES nothing is written: the tests say whether the pages that are shown there still are as they are told.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard, LoyaltyProgram, Purchase, StaffPin
from loyalty.services import purchases, returns
from tenancy.actor import Actor
from tests import factories
from tests.browser.console import enter
from tests.browser.measure import sideways
from tests.browser.till import Till
from tests.sources import ROOT

DOCS = ROOT / "docs"
SHOWN = {
    "program-form.png",
    "program-question.png",
    "terminal-card.png",
    "terminal-return.png",
    "card-light.png",
    "card-owed.png",
    "join.png",
}
NOT_OF_PAGES = {"passes.png", "architecture.svg"}  # `manage.py pass_sheet`; drawn by hand
PICTURE = re.compile(r"!\[[^]]+\]\([./a-z]*pictures/([\w.-]+)\)")
PHONE, TABLET = {"width": 390, "height": 1100}, {"width": 1280, "height": 800}


def keep(page: Page, name: str) -> None:
    """Take a picture as the documentation has it, and keep it where PICTURES says."""
    assert (sideways(page), name in SHOWN) == (0, True)
    if folder := os.environ.get("PICTURES"):
        page.evaluate("document.fonts.ready")
        page.screenshot(path=Path(folder) / name, animations="disabled")


@pytest.fixture
def cafe(live_server: object) -> factories.Shop:
    """A café that gives stamps and points, as the documentation shows one."""
    made = factories.shop(
        card_color="#c2553a",
        card_secondary_color="#fff4e0",
        stamps_reward_description_en="a drink on the house",
        welcome_bonus_points=50,
    )
    with factories.inside(made):
        made.merchant.name, made.store.name = "Café Mirabel", "Café Mirabel Gare"
        made.merchant.save()
        made.store.save()
    factories.staff_pin(made.store, name="Léa", pin="4711")
    return made


def lea(cafe: factories.Shop) -> Actor:
    """She has typed her PIN."""
    with factories.inside(cafe):
        pin = StaffPin.objects.get(store=cafe.store)
    return factories.actor(staff_token=factories.staff_token(cafe.store, pin))


def eat(cafe: factories.Shop, card: LoyaltyCard, count: int) -> None:
    with factories.inside(cafe):
        croissant = cafe.program.rewards.get(name="Croissant")
        at = {"store": cafe.store, "card_id": card.pk, "actor": lea(cafe)}
        for _each in range(count):
            factories.points.redeem(**at, reward_id=croissant.pk)


@pytest.fixture
def amelie(cafe: factories.Shop) -> LoyaltyCard:
    """She bought for 41.50 just now, and may have a croissant for 500 of her 1,000 points."""
    card = factories.card(cafe.store, email="amelie@example.com", name="Amélie Haas", stamps=5, cents=5430)
    with factories.inside(cafe):
        at = {"store": cafe.store, "card_id": card.pk, "actor": lea(cafe)}
        purchases.record(**at, purchase_amount_cents=4150, order_reference="01-01042")
    return card


@pytest.fixture
def owing(cafe: factories.Shop, amelie: LoyaltyCard) -> LoyaltyCard:
    """She ate two of them, and then brought what she had bought back."""
    eat(cafe, amelie, 2)
    with factories.inside(cafe):
        actor = lea(cafe)
        bought = Purchase.objects.get(order_reference="01-01042")
        returns.give_back(store=cafe.store, actor=actor, purchase_id=bought.pk, reason="Brought back")
    return amelie


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
    preview = page.frame_locator("iframe").get_by_text("Friends of the house").first
    expect(preview).to_be_visible()
    keep(page, "program-form.png")
    page.fill("[name=stamps_target]", "12")
    page.locator("button[name=_save]").click()
    expect(page.get_by_text("1 card would be further from its reward.")).to_be_visible()
    expect(preview).to_be_visible()
    keep(page, "program-question.png")


@pytest.mark.django_db(transaction=True)
def test_a_till_is_as_the_documentation_shows_it(
    context: BrowserContext, cafe: factories.Shop, amelie: LoyaltyCard
) -> None:
    with factories.inside(cafe):
        LoyaltyProgram.objects.update(require_staff_pin=True)
    till = Till(context)
    till.page.set_viewport_size(TABLET)
    till.sign_in(cafe.staff).open(cafe.store).unlock().shows("scan").find("Amélie").shows("card")
    expect(till.page.get_by_text("4 more stamps for: a drink on the house")).to_be_visible()
    keep(till.page, "terminal-card.png")
    eat(cafe, amelie, 2)
    till.press("Return").shows("return").press("01-01042")
    expect(till.text("#return-says")).to_contain_text("Spent already, so owed then: ")
    keep(till.page, "terminal-return.png")


@pytest.mark.django_db(transaction=True)
def test_a_card_is_as_the_documentation_shows_it(
    page: Page, context: BrowserContext, amelie: LoyaltyCard
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/card/{amelie.access_token}/")
    expect(page.get_by_text("Amélie’s card")).to_be_visible()
    keep(page, "card-light.png")


@pytest.mark.django_db(transaction=True)
def test_a_debt_is_told_as_the_documentation_shows_it(
    page: Page, context: BrowserContext, owing: LoyaltyCard
) -> None:
    page.set_viewport_size({**PHONE, "height": 1000})
    page.goto(f"/card/{owing.access_token}/")
    told = page.get_by_text("What you collect next settles that first.")
    expect(told).to_be_visible()
    told.evaluate("words => scrollTo(0, words.getBoundingClientRect().top + scrollY - 150)")
    keep(page, "card-owed.png")


@pytest.mark.django_db(transaction=True)
def test_people_enrol_on_a_page_as_the_documentation_shows_it(
    page: Page, context: BrowserContext, cafe: factories.Shop
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/join/{cafe.store.store_code}/")
    expect(page.get_by_role("heading", name="Get your card")).to_be_visible()
    keep(page, "join.png")


def test_the_documentation_shows_these_pictures_and_they_are_there() -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    shown = {name for page in pages for name in PICTURE.findall(page.read_text())}
    assert shown == SHOWN | NOT_OF_PAGES
    assert {path.name for path in (DOCS / "pictures").iterdir()} == shown
