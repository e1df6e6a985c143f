"""Passes in the console: who sees what, trying again, and what the dashboard says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from loyalty.models import LoyaltyCard, LoyaltyProgram, PointsReward
from tenancy import scope
from tests import factories
from tests.wallet.conftest import apple_pass, carried, deliver, google_pass, page_of, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.iphone import IPhone
from wallet import previews, providers
from wallet.apple.made_up_chain import Chain, make_chain
from wallet.models import PassDesign, Platform, WalletChannel, WalletPass
from wallet.services import channel

LIST = reverse("admin:wallet_walletpass_changelist")
PUSH_TOKEN = "aa01" * 16


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="tenancy.sign_in.EmailBackend")
    return client


@pytest.fixture
def card(apns: FakeApns, shop: factories.Shop) -> LoyaltyCard:
    """A card in a phone that is to hear of a stamp, and whose push has failed."""
    made = carried(factories.card(shop.store))
    IPhone(push_token=PUSH_TOKEN).add(page_of(made))
    deliver()
    apns.answer(PUSH_TOKEN, 503, "ServiceUnavailable")
    stamped(made, shop)
    deliver()
    return made


def detail(card: LoyaltyCard) -> str:
    return reverse("admin:wallet_walletpass_change", args=[apple_pass(card).pk])


def test_a_manager_sees_what_is_wanted_what_arrived_and_what_went_wrong(
    card: LoyaltyCard, shop: factories.Shop
) -> None:
    client = signed_in(shop.manager)
    for page in (LIST, detail(card), reverse("admin:loyalty_loyaltycard_change", args=[card.pk])):
        text = client.get(page).content.decode()
        assert "ServiceUnavailable" in text
        assert "failed" in text
        assert "&#x27;failed&#x27;" not in text  # the word, not the pair of colour and word
    text = client.get(detail(card)).content.decode()
    assert apple_pass(card).auth_token not in text
    assert str(apple_pass(card).serial_number) not in text
    assert PUSH_TOKEN not in text


def test_a_stranger_sees_nothing_of_it(card: LoyaltyCard) -> None:
    stranger = signed_in(factories.shop().owner)
    assert card.display_number not in stranger.get(LIST).content.decode()
    assert stranger.get(detail(card)).status_code in (302, 404)
    stranger.post(LIST, {"action": "try_again", "_selected_action": [apple_pass(card).pk]})
    assert apple_pass(card).attempts == 1


def test_staff_do_not_get_in(card: LoyaltyCard, shop: factories.Shop) -> None:
    assert signed_in(shop.staff).get(LIST).status_code == 302


@pytest.mark.parametrize("who", ["manager", "owner"])
def test_a_failed_pass_can_be_sent_again(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, who: str
) -> None:
    chosen = {"action": "try_again", "_selected_action": [apple_pass(card).pk]}
    response = signed_in(getattr(shop, who)).post(LIST, chosen, follow=True)
    assert "1 pass is sent again" in response.content.decode()
    assert apple_pass(card).attempts == 0
    deliver()
    assert apns.tokens == [PUSH_TOKEN, PUSH_TOKEN]
    assert not apple_pass(card).is_lagging


def test_one_pass_can_be_sent_again_from_its_page(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    client = signed_in(shop.manager)
    page = reverse("admin:wallet_walletpass_try_this_again", args=[apple_pass(card).pk])
    assert client.get(page).status_code == 200
    client.post(page)
    deliver()
    assert not apple_pass(card).is_lagging


def test_an_operator_also_ends_the_pause_of_the_whole_wallet(card: LoyaltyCard, shop: factories.Shop) -> None:
    channel.misconfigured(Platform.APPLE, "BadCertificate")
    chosen = {"action": "try_again", "_selected_action": [apple_pass(card).pk]}
    signed_in(shop.manager).post(LIST, chosen)
    assert WalletChannel.objects.get(platform=Platform.APPLE).fault == "BadCertificate"
    signed_in(factories.operator()).post(LIST, chosen)
    assert WalletChannel.objects.get(platform=Platform.APPLE).fault == ""


def test_without_any_wallet_the_console_says_what_to_do(no_wallets: None, shop: factories.Shop) -> None:
    text = signed_in(factories.operator()).get(LIST).content.decode()
    assert "Apple Wallet is not set up" in text
    assert "WALLET_APPLE_PASS_TYPE_ID, WALLET_APPLE_TEAM_ID" in text
    assert "Google Wallet is not set up" in text
    assert "docs/wallets.md" in text
    assert "WALLET_" not in signed_in(shop.owner).get(LIST).content.decode()


def test_only_the_wallet_that_is_missing_is_named(apple: Chain, db: None) -> None:
    text = signed_in(factories.operator()).get(LIST).content.decode()
    assert "Apple Wallet is not set up" not in text
    assert "Google Wallet is not set up" in text


def test_lists_can_be_narrowed_and_searched(card: LoyaltyCard, shop: factories.Shop) -> None:
    client = signed_in(factories.operator())
    for query in ("?update=behind", "?update=failed", f"?q={card.display_number}", "?platform__exact=apple"):
        assert card.display_number in client.get(LIST + query).content.decode()
    assert card.display_number not in client.get(f"{LIST}?platform__exact=google").content.decode()
    for model in ("passdesign", "appledeviceregistration"):
        response = client.get(reverse(f"admin:wallet_{model}_changelist"))
        assert response.status_code == 200
        assert PUSH_TOKEN not in response.content.decode()
        assert signed_in(shop.owner).get(reverse(f"admin:wallet_{model}_changelist")).status_code == 403


def test_a_program_can_be_sent_again(google: FakeGoogle, shop: factories.Shop, client: Client) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    google.requests.clear()
    with scope.everything("a test looks"):
        design = PassDesign.objects.get()
    page = reverse("admin:wallet_passdesign_changelist")
    chosen = {"action": "try_again", "_selected_action": [design.pk]}
    signed_in(factories.operator()).post(page, chosen)
    deliver()
    assert google.calls("loyaltyClass") == [("PATCH", design.class_id)]
    assert google.calls() == [("PATCH", google_pass(card).object_id)]


# --- The dashboard ----------------------------------------------------------------------------------------


def alerts(*merchant_ids: int) -> list[str]:
    with scope.everything("the dashboard of an operator"):
        return [alert["text"] for alert in providers.dashboard_alerts(list(merchant_ids) or None)]


def test_the_dashboard_counts_passes_that_lag(card: LoyaltyCard, shop: factories.Shop) -> None:
    told = "1 pass in Apple Wallet is not up to date."
    assert told not in alerts()
    with scope.everything("some time passes"):
        WalletPass.objects.update(last_modified=timezone.now() - timedelta(hours=1))
    assert told in alerts()
    assert told in alerts(shop.merchant.pk)
    assert alerts(factories.merchant().pk) == []


def test_the_dashboard_tells_operators_when_certificates_end(
    apple: Chain, settings: Settings, shop: factories.Shop
) -> None:
    ending = make_chain(
        pass_type_id=settings.WALLET_APPLE_PASS_TYPE_ID,
        team_id=settings.WALLET_APPLE_TEAM_ID,
        now=timezone.now(),
        days=20,
    )
    assert not any("runs out" in text for text in alerts())
    settings.WALLET_APPLE_CERTIFICATE = ending.leaf.pem.decode()
    settings.WALLET_APPLE_KEY = ending.leaf.key_pem.decode()
    settings.WALLET_APPLE_WWDR = ending.intermediate.pem.decode()
    day = (timezone.now() + timedelta(days=20)).date().isoformat()
    assert f"Apple Wallet: The certificate of Apple Wallet runs out on {day}. Renew it in time." in alerts()
    assert alerts(shop.merchant.pk) == []


def test_the_dashboard_tells_what_a_wallet_refuses(apple: Chain, db: None) -> None:
    channel.misconfigured(Platform.APPLE, "TopicDisallowed")
    assert "Apple Wallet: refuses our credentials: TopicDisallowed" in alerts()


# --- The preview ------------------------------------------------------------------------------------------


def test_a_program_is_previewed_as_it_would_be_sent(apple: Chain, shop: factories.Shop) -> None:
    with factories.inside(shop), translation.override("fr"):
        program = shop.program
        program.card_name_fr = "Amis de la maison"
        program.card_color = "#c2553a"
        shown = previews.program_previews(program, "fr")
    assert [preview["platform"] for preview in shown] == ["apple", "google"]
    for preview in shown:
        assert "Amis de la maison" in preview["html"]
        assert "Croissant" in preview["html"] or preview["platform"] == "google"
    assert "rgb(194, 85, 58)" in shown[0]["html"]
    assert "#c2553a" in shown[1]["html"]


def test_a_program_that_is_not_saved_yet_can_be_previewed(db: None) -> None:
    merchant = factories.merchant(name='<b>"Chez" & Co</b>')
    program = LoyaltyProgram(merchant=merchant, loyalty_type="points")
    with factories.inside(merchant):
        shown = previews.program_previews(program, "xx", rewards=[PointsReward(name="Tee", points_cost=300)])
    html = "".join(preview["html"] for preview in shown)
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "60 points to go" in html
