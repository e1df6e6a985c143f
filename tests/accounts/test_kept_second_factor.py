"""A form of the second factor that was open for too long: who it is is asked once more, and nothing typed is lost."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenancy.models import Role, User
from tests import factories
from tests.accounts.apps import code_of, has_app
from tests.accounts.passkeys import HOST, Device, asked, has_passkey
from tests.accounts.test_step_up import sent_on
from tests.accounts.visits import ADDRESS

pytestmark = pytest.mark.django_db
AGAIN = "/account/again/"


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def nora(client: Client) -> User:
    """At a page that she opened eleven minutes ago: `later` is now."""
    user = factories.member(factories.store(), email=ADDRESS, role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def later() -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False)


def sent(client: Client, place: str, form: dict[str, str]) -> HttpResponse:
    return client.post(place, form, HTTP_HOST=HOST)


def asked_again(
    client: Client, place: str, form: dict[str, str], passkey: Device | None = None
) -> HttpResponse:
    """Send a form, say who it is (by password, or by this passkey), and press the one more button."""
    question = sent(client, place, form)
    assert (question.status_code, question.templates[0].name) == (403, "account/again.html")
    kept = {name: values[0] for name, values in sent_on(question).items()}
    assert {f"kept-{name}": value for name, value in form.items()} | {"next": place} == kept
    proof = {"password": factories.PASSWORD}
    if passkey:
        proof = {"credential": json.dumps(passkey.answers(asked(question)))}
    shown = sent(client, AGAIN, kept | proof)
    assert shown.templates[0].name == "account/again_kept.html"
    again = {name: values[0] for name, values in sent_on(shown).items()}
    assert again == form
    return sent(client, place, again)


def key_on(page: HttpResponse) -> str:
    return re.search(r'factor-secret">([A-Z2-7]+)<', page.content.decode())[1]


def test_an_app_whose_code_has_run_out_meanwhile_needs_only_a_new_code(client, nora, later) -> None:
    place = reverse("mfa_activate_totp")
    key = key_on(client.get(place))
    with later:
        page = asked_again(client, place, {"code": "000000"})
        assert key_on(page) == key
        assert (
            "This does not fit, or not any more. Please write what the app shows now."
            in page.content.decode()
        )
        assert not Authenticator.objects.exists()
        assert sent(client, place, {"code": code_of(key)}).status_code == 302
    assert Authenticator.objects.filter(user=nora, type="totp").count() == 1


def test_an_app_whose_code_is_good_still_is_set_up(client, nora, later) -> None:
    place = reverse("mfa_activate_totp")
    key = key_on(client.get(place))
    with later:
        done = asked_again(client, place, {"code": code_of(key)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert Authenticator.objects.filter(user=nora, type="totp").count() == 1


def test_a_passkey_that_the_device_has_made_is_not_made_twice(client, nora, later) -> None:
    place, device = reverse("mfa_add_webauthn"), Device()
    made = device.registers(asked(client.get(place, HTTP_HOST=HOST)))
    with later:
        asked_again(client, place, {"name": "Phone", "credential": json.dumps(made)})
    assert [each.wrap().name for each in Authenticator.objects.filter(type="webauthn")] == ["Phone"]


def test_nor_where_another_passkey_says_who_it_is(client, nora, later) -> None:
    first = has_passkey(client)
    place, device = reverse("mfa_add_webauthn"), Device()
    made = device.registers(asked(client.get(place, HTTP_HOST=HOST)))
    with later:
        asked_again(client, place, {"name": "Tablet", "credential": json.dumps(made)}, first)
    assert Authenticator.objects.filter(type="webauthn").count() == 2
    assert "new_passkey_question" not in client.session


def test_a_passkeys_new_name_is_kept(client, nora, later) -> None:
    has_passkey(client)
    passkey = Authenticator.objects.get(type="webauthn")
    with later:
        asked_again(client, reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": "Léa’s “phone”"})
    passkey.refresh_from_db()
    assert passkey.wrap().name == "Léa’s “phone”"


@pytest.mark.parametrize("name", ["mfa_generate_recovery_codes", "mfa_deactivate_totp"])
def test_where_nothing_was_typed_the_question_leads_back_to_the_page(client, nora, later, name) -> None:
    has_app(nora)
    before, place = list(Authenticator.objects.order_by("pk").values()), reverse(name)
    with later:
        question = client.post(place)
        assert unquote(question["Location"]) == f"{AGAIN}?next={place}"
        back = client.post(question["Location"], {"password": factories.PASSWORD})
        assert back["Location"] == place
        assert client.get(place).status_code == 200
        assert list(Authenticator.objects.order_by("pk").values()) == before
        assert client.post(place).status_code == 302
    assert list(Authenticator.objects.order_by("pk").values()) != before


def test_nothing_that_was_sent_is_kept_in_a_session_not_even_a_strangers(client, nora, later) -> None:
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        with later:
            client.post(reverse(name), {"code": "sent-by-hand"})
            assert "sent-by-hand" not in str(dict(client.session))
        stranger = Client()
        answer = stranger.post(reverse(name), {"code": "sent-by-hand"})
        assert answer["Location"] == f"/login/?next={reverse(name)}"
        assert not stranger.cookies
