"""A shop with long words, where something of everything goes on, and cards in the states that a till meets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from loyalty.models import LoyaltyCard, LoyaltyProgram, Purchase
from loyalty.services import cards, purchases, returns
from tests import factories
from tests.browser.looks.gallery import LONG, write_sheets
from wallet.apple.made_up_chain import make_chain

RECEIPT = "R-2026-1127-0001"


@pytest.fixture(scope="session", autouse=True)
def sheets() -> Iterator[None]:
    """When all walks are over, the sheets are made."""
    yield
    write_sheets()


@pytest.fixture
def busy(live_server: object, settings: Settings, tmp_path: Path) -> factories.Shop:
    """A shop where everything is long, and something of everything goes on."""
    settings.SMS_FILE_PATH = tmp_path / "sms"
    shop = factories.shop(
        card_color="#c2553a",
        card_name="Treuekarte der Bäckerei Schmitz-Diederich",
        stamps_reward_description_en="a large hot chocolate with whipped cream",
        stamps_reward_description_de="eine große heiße Schokolade mit Schlagsahne",
        stamps_reward_description_fr="un grand chocolat chaud avec de la crème fouettée",
        stamps_reward_description_lb="eng grouss waarm Schockela mat Schlagsahn",
        terms_text_en="The card is free.",
        terms_text_de="Die Karte ist gebührenfrei, unübertragbar und jederzeit kündbar.",
        welcome_bonus_points=50,
        points_expiration_days=20,
        rewards=(("Bauernfrühstück für zwei Personen", 500), ("Croissant", 1500)),
    )
    with factories.inside(shop):
        shop.merchant.name = "Bäckerei-Konditorei Schmitz-Diederich"
        shop.merchant.save()
        shop.store.name = "Luxembourg-Limpertsberg"
        shop.store.save()
    factories.staff_pin(shop.store, name="Marie-Antoinette Kirchberger", pin="4711")
    factories.staff_pin(shop.store, name="Léa", pin="2580")
    factories.promotion(shop.program, "Fröhliche Stunde am Nachmittag")
    brought = {"audience": "brought_by_friend", "least_cents": 500, "friend_amount": 50, "month_limit": 5}
    factories.promotion(shop.program, "Freundschaft", effect="points", amount=50, **brought)
    return shop


@pytest.fixture
def wallets(settings: Settings) -> None:
    """Apple Wallet is set up, with certificates that are made up."""
    chain = make_chain(pass_type_id="pass.example.mirabel", team_id="MADEUP1234", now=datetime.now(UTC))
    settings.PUBLIC_BASE_URL = "https://cards.example.com"
    settings.WALLET_APPLE_PASS_TYPE_ID = "pass.example.mirabel"
    settings.WALLET_APPLE_TEAM_ID = "MADEUP1234"
    settings.WALLET_APPLE_CERTIFICATE = chain.leaf.pem.decode()
    settings.WALLET_APPLE_KEY = chain.leaf.key_pem.decode()
    settings.WALLET_APPLE_WWDR = chain.intermediate.pem.decode()


@pytest.fixture
def people(busy: factories.Shop) -> dict[str, LoyaltyCard]:
    """Cards in the states that a till meets."""
    made = {
        "usual": factories.card(busy.store, name=LONG, stamps=7, cents=2400, phone="+352621123456"),
        "double": factories.card(busy.store, name="Anna Weber"),
        "full": factories.card(busy.store, name="Maximiliane von Hohenstein", stamps=10, cents=60000),
        "owes": factories.card(busy.store, name="Jean-Baptiste Lamesch"),
        "closed": factories.card(busy.store, name="Pol Schmit", stamps=2),
        "cooling": factories.card(busy.store, name="Georgette Hoffmann", stamps=1),
    }
    with factories.inside(busy):
        actor = factories.actor(staff_token=factories.staff_token(busy.store))
        where = {"store": busy.store, "card_id": made["owes"].pk, "actor": actor}
        purchases.record(**where, purchase_amount_cents=6000, order_reference=RECEIPT)
        reward = busy.program.rewards.order_by("points_cost")[0]
        factories.points.redeem(**where, reward_id=reward.pk)
        bought = Purchase.objects.get(order_reference=RECEIPT)
        back = {"purchase_id": bought.pk, "reason": "zu klein", "amount_cents": 4000}
        returns.give_back(store=busy.store, actor=actor, **back)
        cards.deactivate(store=busy.store, card_id=made["closed"].pk, actor=factories.actor(), reason="lost")
        LoyaltyProgram.objects.update(require_staff_pin=True)
    return made
