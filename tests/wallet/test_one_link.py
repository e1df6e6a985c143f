"""One link for both wallets: it knows the phone that opens it, and it is what e-mails and the poster go by."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from notifications import variables
from notifications.codes import Code
from tenancy import scope
from tests import factories
from tests.wallet.conftest import SITE, apple_pass, page_of
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.iphone import opened
from tests.wallet.test_asked_for import funnel
from wallet.apple.made_up_chain import Chain
from wallet.models import WalletPass

IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}
ANDROID = {"User-Agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9)"}
IPADS = (
    {"User-Agent": "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15"},
    {"User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"},
)
DESKTOP = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}


@pytest.fixture
def both(apple: Chain, google: FakeGoogle) -> FakeGoogle:
    """Both wallets are set up."""
    return google


def test_each_phone_gets_the_pass_of_its_own_wallet_and_a_desktop_the_choice(
    both: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store)
    address = page_of(card, "wallet/")
    page = client.get(address, headers=DESKTOP)
    shown = page.content.decode()
    assert page.status_code == 200
    assert f"<title>{SITE}{address}</title>" in shown  # of the code that the phone scans
    assert page_of(card) in shown
    assert page_of(card, "google/") in shown
    assert "no-store" in page["Cache-Control"]
    with scope.everything("a test looks"):
        assert not WalletPass.objects.exists()
    on_iphone = client.get(address, headers=IPHONE)
    assert on_iphone["Content-Type"] == "application/vnd.apple.pkpass"
    assert apple_pass(card).serial_number in opened(on_iphone.content)["pass.json"].decode()
    on_android = client.get(address, headers=ANDROID)
    assert on_android.status_code == 302
    assert on_android["Location"].startswith("https://pay.google.com/gp/v/save/")
    assert funnel() == [
        (shop.store.name, "apple", [1, 1, 1, 0, 0]),
        (shop.store.name, "google", [1, 1, 1, 0, 0]),
    ]


@pytest.mark.parametrize("ipad", IPADS)
def test_an_ipad_has_no_wallet_and_shows_the_code_for_the_phone(
    both: FakeGoogle, shop: factories.Shop, client: Client, ipad: dict[str, str]
) -> None:
    address = page_of(factories.card(shop.store), "wallet/")
    page = client.get(address, headers=ipad)
    assert page["Content-Type"].startswith("text/html")
    assert f"<title>{SITE}{address}</title>" in page.content.decode()
    with scope.everything("a test looks"):
        assert not WalletPass.objects.exists()


def test_without_a_wallet_for_the_phone_the_link_leads_to_the_card(
    apple: Chain, shop: factories.Shop, client: Client, settings: Settings
) -> None:
    card = factories.card(shop.store)
    address = page_of(card, "wallet/")
    assert client.get(address, headers=ANDROID)["Location"] == page_of(card, "")
    assert client.get(address, headers=IPHONE).status_code == 200
    settings.WALLET_APPLE_CERTIFICATE = ""
    for headers in (IPHONE, ANDROID, DESKTOP):
        assert client.get(address, headers=headers)["Location"] == page_of(card, "")
    assert client.get(f"/card/{'B' * 30}/wallet/").status_code == 404


def test_e_mails_have_one_link_and_the_poster_names_the_wallets(
    both: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store, email="anouk@example.com")
    with factories.inside(shop):
        said = variables.of(card, code=Code.CARD_LINK, language="en", context={}, now=timezone.now())
    assert said["wallet_url"] == f"{SITE}{page_of(card, 'wallet/')}"
    client.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    poster = client.get(reverse("join-poster", args=[shop.store.store_code])).content.decode()
    assert "Apple Wallet · Google Wallet" in poster
