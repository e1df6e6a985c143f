"""The terminal of programs with stamps alone and with points alone, and of other currencies."""

import re
from datetime import date

import pytest
from playwright.sync_api import BrowserContext, expect

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.services import enrollment
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, LONG, Gallery
from tests.browser.looks.steps import in_language, is_open, stays, tap, to_scan
from tests.browser.till import Till

CURRENCIES = {"JPY": ("48000", 800_000), "KWD": ("12450", 60_000), "HUF": ("1899900000", 9_000_000)}


def open_till(context: BrowserContext, shop: factories.Shop, language: str) -> tuple[Till, Gallery]:
    till = Till(context).sign_in(shop.manager)
    in_language(till, shop.store, language).shows("scan")
    return till, Gallery(till.page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stamps_alone(context: BrowserContext, live_server: object, language: str) -> None:
    shop = factories.shop(
        loyalty_type="stamps",
        stamps_target=6,
        stamps_reward_description_en="a hot chocolate",
        stamps_reward_description_de="eine heiße Schokolade",
        stamps_reward_description_fr="un chocolat chaud",
        stamps_reward_description_lb="e waarme Schockela",
        card_color="#2f6b4f",
    )
    usual = factories.card(shop.store, name=LONG, stamps=3)
    nearly = factories.card(shop.store, name="Pol Schmit", stamps=5)
    cooling = factories.card(shop.store, name="Georgette Hoffmann", stamps=1)
    till, gallery = open_till(context, shop, language)
    till.scan(usual.qr_code_data).shows("card")
    gallery.look("stamps-card")
    tap(till, "#more")
    tap(till, "#stamp-button")
    stays(till)
    gallery.look("stamps-done")
    to_scan(till).scan(nearly.qr_code_data).shows("card")
    tap(till, "#stamp-button")
    stays(till)
    gallery.look("stamps-filled")
    tap(till, "#result-undo").shows("card")
    gallery.look("stamps-undone")
    to_scan(till)
    with factories.inside(shop):
        LoyaltyProgram.objects.update(cooldown_minutes=90)
    till.scan(cooling.qr_code_data).shows("card")
    expect(till.text("#stamp-reason")).to_contain_text(re.compile(r"\d"))
    gallery.look("stamps-cooling")


@pytest.mark.parametrize("language", LANGUAGES)
def test_points_alone(context: BrowserContext, live_server: object, language: str) -> None:
    shop = factories.shop(
        loyalty_type="points",
        points_expiration_days=20,
        card_color="#f4d13d",
        rewards=(
            ("Croissant", 500),
            ("Frühstück für zwei", 1500),
            ("Geschenkkorb mit Honig und Marmelade", 9000),
        ),
    )
    card = factories.card(shop.store, name=LONG, cents=12345)
    with factories.inside(shop):
        nobody = enrollment.enroll(store=shop.store, nameless=True, actor=factories.actor()).card
        today = date.today()
        Customer.objects.filter(pk=card.customer_id).update(birth_date=today.replace(year=1990))
    till, gallery = open_till(context, shop, language)
    till.scan(card.qr_code_data).shows("card")
    gallery.look("points-card")
    tap(till, "#redeem-button")
    is_open(till, "#rewards-sheet")
    gallery.look("points-rewards")
    till.page.keyboard.press("Escape")
    tap(till, "#earn-button").shows("amount")
    gallery.look("points-amount-empty")
    till.type_amount("1240")
    expect(till.text("#gives")).to_contain_text(re.compile(r"\d"))
    gallery.look("points-amount")
    tap(till, "#credit-button")
    stays(till)
    gallery.look("points-done")
    to_scan(till).scan(nobody.qr_code_data).shows("card")
    gallery.look("points-nameless")
    to_scan(till)
    tap(till, "#return-button").shows("return")
    till.text("#receipt").fill("R-404")
    tap(till, "#receipt-button")
    expect(till.text("#receipt-says")).not_to_be_empty()
    gallery.look("receipt-none")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_other_currencies(context: BrowserContext, live_server: object, currency: str, language: str) -> None:
    typed, cents = CURRENCIES[currency]
    rate = "0.01" if currency != "KWD" else "10"
    shop = factories.shop(
        currency=currency, points_per_euro=rate, rewards=(("Croissant", 50), ("Breakfast", 900))
    )
    card: LoyaltyCard = factories.card(shop.store, name="Anouk Weber", cents=cents, stamps=2)
    till, gallery = open_till(context, shop, language)
    till.scan(card.qr_code_data).shows("card").tap_amount(typed)
    expect(till.text("#earn-rate")).to_contain_text(re.compile(r"\d"))
    gallery.look(f"{currency}-card")
    tap(till, "#earn-button")
    stays(till)
    gallery.look(f"{currency}-done")
    to_scan(till).scan(card.qr_code_data).shows("card")
    tap(till, "#card-return-button").shows("return")
    expect(till.text("#purchases li").first).to_be_visible()
    gallery.look(f"{currency}-receipts")
    tap(till, "#purchases button")
    expect(till.text("#return-says")).not_to_be_empty()
    gallery.look(f"{currency}-return")
