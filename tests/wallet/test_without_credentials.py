"""Nobody has set up a wallet, or somebody has by half: nothing fails, no buttons, and the console says why."""

import base64
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import PASS_TYPE, SITE, TEAM, carried, deliver, page_of, stamped
from tests.wallet.fake_google import FakeGoogle
from wallet import config, providers, set_up
from wallet.apple.made_up_chain import Chain, make_authority, make_chain
from wallet.apple.push import tls_context
from wallet.models import PassDesign, WalletPass
from wallet.services import doctor
from wallet.services.queue import DESIGNS


def problems() -> list[str]:
    return [str(finding) for finding in set_up.findings()]


def output_of(command: str, **options: object) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_without_settings_everything_works_and_no_pass_is_made(
    no_wallets: None, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store)
    stamped(card, shop)
    deliver()
    workers.sweep_passes()
    with scope.everything("a test looks"):
        assert not WalletPass.objects.exists()
        assert not PassDesign.objects.exists()
    request = RequestFactory().get("/")
    assert providers.wallet_buttons(card, request) == []
    assert providers.email_variables(card) == {}
    with scope.everything("the dashboard of an operator"):
        assert providers.dashboard_alerts(None) == []
    for name in ("pass.pkpass", "google/"):
        assert client.get(page_of(card, name)).status_code == 404
    page = client.get(f"/card/{card.access_token}/").content.decode()
    assert "pass.pkpass" not in page
    assert problems() == []
    assert "Apple Wallet: off (not set up)" in output_of("wallet_check")


def test_with_settings_there_are_buttons_and_links(
    apple: Chain, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store)
    page = client.get(f"/card/{card.access_token}/").content.decode()
    assert f"/card/{card.access_token}/pass.pkpass" in page
    assert "/google/" not in page
    assert providers.email_variables(card) == {
        "apple_url": f"{SITE}{page_of(card)}",
        "wallet_url": f"{SITE}{page_of(card, 'wallet/')}",
    }


def test_half_a_set_up_is_off_and_says_what_is_missing(apple: Chain, settings: Settings, db: None) -> None:
    settings.WALLET_APPLE_WWDR = ""
    assert config.apple() is None
    assert problems() == ["Apple Wallet: Not set: WALLET_APPLE_WWDR."]
    assert [message.id for message in run_checks(tags=["security"]) if message.id.startswith("wallet.")] == [
        "wallet.W001"
    ]
    with pytest.raises(CommandError):
        output_of("wallet_check")


def test_a_key_that_was_forgotten_is_named(apple: Chain, settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = ""
    assert problems() == [
        "Apple Wallet: WALLET_APPLE_KEY: is not set, and no key stands beside the certificate."
    ]


def test_where_there_is_apple_alone_nothing_waits_for_google(
    apple: Chain, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store)
    assert client.get(page_of(card)).status_code == 200
    with scope.everything("a test looks"):
        design = PassDesign.objects.get()
        assert (design.class_id, design.wanted_version, design.synced_version) == (None, 1, 0)
        assert (DESIGNS.lag()["waiting"], DESIGNS.take(), design.is_lagging) == (0, [], False)
    with scope.everything("Google is set up later, and somebody asks for their pass there"):
        PassDesign.objects.update(class_id="3388000000022222222.program-1")
        assert (DESIGNS.lag()["waiting"], [each.is_lagging for each in DESIGNS.take()]) == (1, [True])


def test_a_key_alone_is_half_a_set_up_too(no_wallets: None, settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = "/etc/cards/pass.key"
    assert len(problems()) == 1
    assert problems()[0].startswith("Apple Wallet: Not set: WALLET_APPLE_PASS_TYPE_ID, ")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (
            "WALLET_APPLE_PASS_TYPE_ID",
            "pass.example.other",
            "but the certificate is for pass.example.mirabel",
        ),
        ("WALLET_APPLE_TEAM_ID", "OTHERTEAM1", "but the certificate is for MADEUP1234"),
        ("WALLET_APPLE_CERTIFICATE", "/does/not/exist.pem", "neither a file that exists nor base64"),
        ("WALLET_APPLE_CERTIFICATE", "Z2FyYmFnZQ==", "cannot be read"),
        ("WALLET_APPLE_KEY", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "cannot be read"),
    ],
)
def test_settings_that_do_not_fit_switch_apple_off(
    apple: Chain, settings: Settings, setting: str, value: str, said: str
) -> None:
    setattr(settings, setting, value)
    assert config.apple() is None
    assert any(said in text for text in problems()), problems()


def test_the_key_of_another_certificate_switches_apple_off(apple: Chain, settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = make_authority("Another", None, timezone.now()).key_pem.decode()
    assert config.apple() is None
    assert problems() == ["Apple Wallet: WALLET_APPLE_KEY: does not belong to the certificate."]


def test_the_wrong_intermediate_switches_apple_off(apple: Chain, settings: Settings) -> None:
    settings.WALLET_APPLE_WWDR = apple.root.pem.decode()
    assert config.apple() is None
    assert any("WALLET_APPLE_WWDR did not issue the certificate" in text for text in problems())


def test_a_certificate_that_ran_out_switches_apple_off(
    apple: Chain, settings: Settings, shop: factories.Shop
) -> None:
    ended = make_chain(
        pass_type_id=settings.WALLET_APPLE_PASS_TYPE_ID,
        team_id=settings.WALLET_APPLE_TEAM_ID,
        now=timezone.now() - timedelta(days=400),
    )
    settings.WALLET_APPLE_CERTIFICATE = ended.leaf.pem.decode()
    settings.WALLET_APPLE_KEY = ended.leaf.key_pem.decode()
    settings.WALLET_APPLE_WWDR = ended.intermediate.pem.decode()
    assert config.apple() is None
    assert any("ran out" in text for text in problems())
    assert providers.wallet_buttons(factories.card(shop.store), RequestFactory().get("/")) == []


def test_credentials_come_as_files_base64_or_text(apple: Chain, settings: Settings, tmp_path: object) -> None:
    (tmp_path / "pass.pem").write_bytes(apple.leaf.pem)
    settings.WALLET_APPLE_CERTIFICATE = str(tmp_path / "pass.pem")
    settings.WALLET_APPLE_KEY = base64.b64encode(apple.leaf.key_pem).decode()
    assert config.apple() is not None


def test_a_key_with_a_password_and_a_p12_file_work_too(apple: Chain, settings: Settings) -> None:
    locked = BestAvailableEncryption(b"secret")
    settings.WALLET_APPLE_KEY = apple.leaf.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, locked
    ).decode()
    settings.WALLET_APPLE_KEY_PASSWORD = "wrong"
    assert config.apple() is None
    settings.WALLET_APPLE_KEY_PASSWORD = "secret"
    assert config.apple() is not None
    both = pkcs12.serialize_key_and_certificates(
        b"pass", apple.leaf.key, apple.leaf.certificate, None, locked
    )
    settings.WALLET_APPLE_CERTIFICATE = base64.b64encode(both).decode()
    settings.WALLET_APPLE_KEY = ""
    assert config.apple() is not None


def test_a_locked_key_may_be_der_as_well(apple: Chain, settings: Settings) -> None:
    locked = BestAvailableEncryption(b"secret")
    key = apple.leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, locked)
    settings.WALLET_APPLE_KEY = base64.b64encode(key).decode()
    assert config.apple() is None
    settings.WALLET_APPLE_KEY_PASSWORD = "secret"
    assert config.apple() is not None
    settings.WALLET_APPLE_KEY = base64.b64encode(
        apple.leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    ).decode()
    assert config.apple() is not None  # a password that the key does not need is not a fault


def test_the_push_servers_authority_comes_in_der_as_well(apple: Chain) -> None:
    root = apple.root.certificate.public_bytes(Encoding.DER)
    context = tls_context(config.apple().signer, base64.b64encode(root).decode())
    assert [each["serialNumber"] for each in context.get_ca_certs()] == [
        f"{apple.root.certificate.serial_number:X}".zfill(40)
    ]


@pytest.mark.parametrize("account", ["{}", "nonsense", '{"client_email": "a@b.example"}', "[]"])
def test_an_account_that_cannot_be_read_switches_google_off(
    google: FakeGoogle, settings: Settings, account: str
) -> None:
    settings.WALLET_GOOGLE_SERVICE_ACCOUNT = account
    assert config.google() is None
    assert len(problems()) >= 1


def test_an_issuer_is_a_number(google: FakeGoogle, settings: Settings) -> None:
    assert config.google() is not None
    for wrong in ("abc", "33 88", "3388.program", "٣٣٨٨"):
        settings.WALLET_GOOGLE_ISSUER_ID = wrong
        assert config.google() is None
        assert "digits only" in problems()[0]


def test_a_certificate_that_is_renewed_at_the_same_path_is_used_at_once(
    apple: Chain, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "pass.pem"
    path.write_bytes(apple.leaf.pem)
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(path), apple.leaf.key_pem.decode()
    assert config.apple() is config.apple()
    renewed = make_chain(pass_type_id=PASS_TYPE, team_id=TEAM, now=datetime.now(UTC))
    (tmp_path / "key.pem").write_bytes(apple.leaf.key_pem)
    settings.WALLET_APPLE_KEY, settings.WALLET_APPLE_WWDR = (
        str(tmp_path / "key.pem"),
        str(tmp_path / "wwdr.pem"),
    )
    (tmp_path / "wwdr.pem").write_bytes(apple.intermediate.pem)
    before = config.apple()
    path.write_bytes(renewed.leaf.pem)
    (tmp_path / "key.pem").write_bytes(renewed.leaf.key_pem)
    (tmp_path / "wwdr.pem").write_bytes(renewed.intermediate.pem)
    after = config.apple()
    assert (before.signer.certificate, after.signer.certificate) == (
        apple.leaf.certificate,
        renewed.leaf.certificate,
    )


def test_wallet_check_tells_what_is_set_up(apple: Chain, db: None) -> None:
    told = output_of("wallet_check")
    assert "Apple Wallet: on" in told
    assert "pass type pass.example.mirabel, team MADEUP1234" in told
    assert "holds until" in told
    assert "no phone accepts these passes" in told
    assert "PRIVATE KEY" not in told


def test_wallet_check_can_sign_in_at_google_and_tells_what_its_reviewers_say(
    google: FakeGoogle, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "as_a_phone", lambda _address: httpx.Response(200))
    assert "sign-in: works" in output_of("wallet_check", online=True)
    carried(factories.card(shop.store))
    deliver()
    (made,) = google.classes.values()
    assert f"class of {shop.merchant.name}: UNDER_REVIEW" in output_of("wallet_check", online=True)
    made["reviewStatus"] = "REJECTED"
    with pytest.raises(CommandError):
        output_of("wallet_check", online=True)
    made["reviewStatus"] = "APPROVED"
    google.accepts_account = False
    with pytest.raises(CommandError):
        output_of("wallet_check", online=True)


def test_wallet_testcerts_makes_what_the_settings_need(
    no_wallets: None, settings: Settings, tmp_path: object, shop: factories.Shop, client: Client
) -> None:
    told = output_of("wallet_testcerts", folder=tmp_path / "wallet")
    for line in told.splitlines():
        name, _, value = line.partition("=")
        if name.startswith("WALLET_"):
            setattr(settings, name, value)
    assert config.apple() is not None
    assert output_of("wallet_testcerts", folder=tmp_path / "wallet") == told
    assert client.get(page_of(factories.card(shop.store))).status_code == 200
    assert (tmp_path / "wallet" / "pass.key").stat().st_mode & 0o777 == 0o600
