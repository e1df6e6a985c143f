"""The pass doctor: what a phone would find, looked at daily and on demand, and told to whoever runs the site."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.core import mail, signing
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from notifications.services import accounts
from tenancy import scope
from tests import factories
from tests.wallet.conftest import SITE, carried, deliver, relay
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.iphone import opened
from tests.wallet.test_google_refusals import told
from tests.wallet.test_one_link import ANDROID, IPHONE
from tests.wallet.test_without_credentials import output_of
from wallet import config, samples, tasks
from wallet.apple import verification
from wallet.apple.made_up_chain import Chain, make_chain
from wallet.apple.verification import NotAPass
from wallet.models import Platform, WalletChannel
from wallet.services import doctor

Change = Callable[[httpx.Response], httpx.Response]


class Outside:
    """What stands between a phone and the site; as it is, nothing."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.changes: dict[str, Change] = {}

    def __call__(self, address: str) -> httpx.Response:
        assert address.startswith(SITE)
        path = address.removeprefix(SITE)
        self.asked.append(path)
        answer = Client().get(path, headers=IPHONE)
        response = httpx.Response(answer.status_code, content=answer.content)
        for part, change in self.changes.items():
            response = change(response) if part in path else response
        return response


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    made = Outside()
    monkeypatch.setattr(doctor, "as_a_phone", made)
    return made


def examined(platform: Platform) -> list[str]:
    """What the doctor finds of a wallet, in words."""
    with scope.everything("the doctor looks"):
        return [symptom.problem.text for symptom in doctor.examine(platform)]


def test_a_pass_is_built_verified_and_fetched_as_a_phone_would(
    apple: Chain, shop: factories.Shop, outside: Outside
) -> None:
    assert examined(Platform.APPLE) == []
    test_pass, web_service = outside.asked
    assert test_pass.startswith("/wallet/test/")
    assert web_service.startswith("/api/v1/wallet/apple/v1/passes/")


def cut(response: httpx.Response) -> httpx.Response:
    return httpx.Response(200, content=response.content[:-40])


def repacked(response: httpx.Response) -> httpx.Response:
    """As a proxy that makes things smaller leaves it."""
    files = opened(response.content) | {"icon.png": b"smaller"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return httpx.Response(200, content=buffer.getvalue())


def away(response: httpx.Response) -> httpx.Response:
    raise httpx.ConnectTimeout("nobody")


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("/wallet/test/", away, f"does not get through to {SITE}/wallet: ConnectTimeout"),
        ("/wallet/test/", lambda _: httpx.Response(302), f"does not get through to {SITE}/wallet: HTTP 302"),
        ("/wallet/test/", repacked, "is not what was sent: the manifest does not list its files"),
        ("/wallet/test/", cut, "is not what was sent: it cannot be read"),
        ("/v1/passes/", lambda _: httpx.Response(200), "HTTP 200"),  # a sign-in page, say
    ],
)
def test_what_stands_before_the_site_is_seen_and_told_until_it_is_gone(
    apple: Chain, shop: factories.Shop, outside: Outside, part: str, change: Change, said: str
) -> None:
    outside.changes[part] = change
    (found,) = examined(Platform.APPLE)
    assert said in found
    assert any(said in text for text in told())
    if change is away:  # a server need not reach itself where phones do
        assert f"WARNING: Apple Wallet: {found}" in output_of("wallet_check", online=True)
    else:
        with pytest.raises(CommandError):
            output_of("wallet_check", online=True)
    with translation.override("fr"):
        assert found not in " ".join(told())
    outside.changes.clear()
    assert examined(Platform.APPLE) == []
    assert not any(said in text for text in told())


def test_google_is_asked_about_every_class_and_its_pictures(
    google: FakeGoogle, shop: factories.Shop, outside: Outside
) -> None:
    carried(factories.card(shop.store))
    deliver()
    assert examined(Platform.GOOGLE) == []
    (logo,) = outside.asked
    assert logo.endswith("/logo.png")
    (made,) = google.classes.values()
    made["reviewStatus"] = "REJECTED"
    outside.changes["/logo.png"] = lambda _: httpx.Response(404)
    assert examined(Platform.GOOGLE) == [
        f"the reviewers have rejected the cards of {shop.merchant.name}",
        f"a phone does not get through to {SITE}{logo}: HTTP 404",
    ]
    google.classes.clear()
    assert "HTTP 404 Resource not found" in examined(Platform.GOOGLE)[0]
    google.accepts_account = False
    (found,) = examined(Platform.GOOGLE)
    assert found.startswith("refuses our sign-in: ")


def test_it_looks_daily_and_when_somebody_asks(apple: Chain, shop: factories.Shop, outside: Outside) -> None:
    assert tasks.examine_wallets() == 2
    assert tasks.examine_wallets() == 0
    WalletChannel.objects.update(examined_at=timezone.now() - timedelta(hours=25))
    assert tasks.examine_wallets() == 2
    outside.asked.clear()
    doctor.ask()
    assert tasks.examine_wallets() == 2
    assert len(outside.asked) == 2


def test_an_operator_asks_for_it_and_tries_a_pass_on_their_own_phone(
    apple: Chain, google: FakeGoogle, shop: factories.Shop, outside: Outside
) -> None:
    carried(factories.card(shop.store))
    deliver()
    tasks.examine_wallets()
    console, operator = Client(), factories.operator()
    console.force_login(operator, backend="tenancy.sign_in.EmailBackend")
    page = reverse("admin:wallet_walletpass_examine")
    assert "try on your own phone" in console.get(page).content.decode()
    assert tasks.examine_wallets() == 0  # looking asks for nothing
    assert console.post(page).status_code == 302
    assert tasks.examine_wallets() == 2
    relay()
    accounts.send_due()
    (message,) = mail.outbox
    assert message.to == [operator.email]
    with scope.everything("a test looks"):
        address = samples.address(shop.program.pk).removeprefix(SITE)
    assert f"{SITE}/wallet/test/" in message.body
    taken = Client().get(address, headers=IPHONE)
    assert taken["Content-Type"] == "application/vnd.apple.pkpass"
    assert "1234-5678-9017" in opened(taken.content)["pass.json"].decode()
    saved = Client().get(address, headers=ANDROID)
    assert saved["Location"].startswith("https://pay.google.com/gp/v/save/")
    assert len(saved["Location"]) < 1800


def test_a_test_pass_is_for_whoever_was_sent_its_address_and_for_three_days(
    apple: Chain, shop: factories.Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = samples.address(shop.program.pk).removeprefix(SITE)
    assert client.get(address).status_code == 200
    for forged in ("1", signing.dumps(shop.program.pk), signing.dumps(999_999, salt=samples.SALT)):
        assert client.get(f"/wallet/test/{forged}/").status_code == 404
    monkeypatch.setattr(samples, "LIFE_SECONDS", -1)
    assert client.get(address).status_code == 404


def test_somebody_who_does_not_sign_in_here_is_sent_nothing(apple: Chain, shop: factories.Shop) -> None:
    with pytest.raises(CommandError, match="Nobody signs in here"):
        output_of("wallet_check", send_to="stranger@example.com")
    assert f"on its way to {shop.owner.email}" in output_of("wallet_check", send_to=shop.owner.email)
    relay()
    accounts.send_due()
    assert [message.to for message in mail.outbox] == [[shop.owner.email]]


def test_a_pass_of_another_signer_or_with_another_content_is_none(apple: Chain, shop: factories.Shop) -> None:
    ours = config.apple()
    with scope.everything("a test builds"):
        address = samples.address(shop.program.pk).removeprefix(SITE)
    files = opened(Client().get(address).content)

    def packed(**changed: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in (files | changed).items():
                archive.writestr(name, content)
        return buffer.getvalue()

    verification.verify(packed(), ours.signer)
    another = make_chain(pass_type_id=ours.pass_type_id, team_id=ours.team_id, now=timezone.now())
    theirs = type(ours.signer)(another.leaf.certificate, another.leaf.key, another.intermediate.certificate)
    broken = files["signature"][:-1] + bytes([files["signature"][-1] ^ 1])
    listed = files["manifest.json"]
    for data, signer, said in (
        (packed(), theirs, "does not carry the certificate of the signer"),
        (packed(**{"pass.json": b"{}"}), ours.signer, "the manifest does not list its files"),
        (packed(**{"manifest.json": listed + b"\n"}), ours.signer, "the signature is over another manifest"),
        (packed(signature=broken), ours.signer, "the signature is not of the configured certificate"),
        (packed(signature=b"\x30\x80"), ours.signer, "cannot be read"),
        (b"no zip", ours.signer, "cannot be read"),
        (packed(**{"manifest.json": b"[" * 200_000}), ours.signer, "cannot be read"),
        (packed(**{"icon.png": bytes(30_000_000)}), ours.signer, "far too large"),
    ):
        with pytest.raises(NotAPass, match=said):
            verification.verify(data, signer)
