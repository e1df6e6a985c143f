"""A café whose cards are in both wallets: made-up certificates, a fake APNs, a fake Google."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from wallet.apple.made_up_chain import Chain, make_chain
from wallet.models import AppleDeviceRegistration, PassDesign, Platform, WalletPass
from wallet.services import passes

PASS_TYPE = "pass.example.mirabel"
TEAM = "MADEUP1234"
ISSUER = "3388000000022222222"
SITE = "https://cards.mirabel.example"


@pytest.fixture(scope="session")
def chain() -> Chain:
    return make_chain(pass_type_id=PASS_TYPE, team_id=TEAM, now=datetime.now(UTC))


@pytest.fixture
def no_wallets(settings: Settings) -> None:
    """Nobody has set up any wallet."""
    for name in dir(settings):
        if name.startswith(("WALLET_APPLE_", "WALLET_GOOGLE_")):
            setattr(settings, name, "")


@pytest.fixture
def apple(settings: Settings, no_wallets: None, chain: Chain) -> Chain:
    """Apple Wallet is set up, and the site can be reached over https."""
    settings.PUBLIC_BASE_URL = SITE
    settings.WALLET_APPLE_PASS_TYPE_ID = PASS_TYPE
    settings.WALLET_APPLE_TEAM_ID = TEAM
    settings.WALLET_APPLE_CERTIFICATE = chain.leaf.pem.decode()
    settings.WALLET_APPLE_KEY = chain.leaf.key_pem.decode()
    settings.WALLET_APPLE_WWDR = chain.intermediate.pem.decode()
    settings.WALLET_APPLE_PUSH_URL = "https://localhost:1"
    settings.WALLET_APPLE_PUSH_CA = chain.root.pem.decode()
    return chain


@pytest.fixture
def apns(apple: Chain, settings: Settings) -> Iterator[FakeApns]:
    with FakeApns(apple) as server:
        settings.WALLET_APPLE_PUSH_URL = server.url
        yield server


@pytest.fixture
def google(settings: Settings, no_wallets: None) -> Iterator[FakeGoogle]:
    """Google Wallet is set up."""
    settings.PUBLIC_BASE_URL = SITE
    with FakeGoogle() as server:
        for name, value in server.settings(ISSUER).items():
            setattr(settings, name, value)
        yield server


@pytest.fixture
def shop(db: None) -> factories.Shop:
    return factories.shop()


@pytest.fixture
def everywhere() -> Iterator[None]:
    """For tests that look at rows themselves."""
    with scope.everything("a test looks at what was written"):
        yield


def carried(card: LoyaltyCard) -> LoyaltyCard:
    """The card, asked for in every wallet that is set up."""
    with scope.merchant(card.merchant_id):
        for platform in passes.platforms():
            passes.living(card, platform)
    return card


def relay() -> None:
    """Let the handlers hear of what has been announced."""
    outbox.relay()


def hurry() -> None:
    """Nobody waits for companions, rests or pauses: what is behind is due now."""
    with scope.everything("a test does not wait"):
        past = timezone.now() - timedelta(minutes=1)
        WalletPass.objects.update(next_attempt_at=past)
        PassDesign.objects.update(next_attempt_at=past)


def deliver() -> int:
    """Relay, spread, and bring all passes up to date, without waiting."""
    relay()
    workers.spread_designs()
    hurry()
    return workers.sync_passes()


def pass_of(card: LoyaltyCard, platform: Platform) -> WalletPass:
    """The living pass of a card."""
    with scope.everything("a test looks"):
        return WalletPass.objects.get(card=card, platform=platform, retired_at__isnull=True)


def apple_pass(card: LoyaltyCard) -> WalletPass:
    return pass_of(card, Platform.APPLE)


def google_pass(card: LoyaltyCard) -> WalletPass:
    return pass_of(card, Platform.GOOGLE)


def devices_of(card: LoyaltyCard) -> list[AppleDeviceRegistration]:
    with scope.everything("a test looks"):
        return list(AppleDeviceRegistration.objects.filter(wallet_pass__card=card).order_by("pk"))


def stamped(card: LoyaltyCard, shop: factories.Shop, count: int = 1) -> None:
    """The card gets stamps at the shop's first store."""
    with factories.inside(shop):
        factories.give_stamps(card, shop.store, count)


def page_of(card: LoyaltyCard, name: str = "pass.pkpass") -> str:
    return f"/card/{card.access_token}/{name}"


@pytest.fixture
def card_at_google(google: FakeGoogle, shop: factories.Shop) -> LoyaltyCard:
    """A card whose object is at Google, with two stamps and 240 points."""
    made = carried(factories.card(shop.store, name="Anouk Weber", stamps=2, cents=2400))
    deliver()
    google.requests.clear()
    return made


def object_of(google: FakeGoogle, card: LoyaltyCard) -> dict:
    return google.objects[google_pass(card).object_id]


def is_behind(card: LoyaltyCard) -> bool:
    """Whether Google does not have what the card has now."""
    return google_pass(card).is_lagging
