"""People and their accounts: password, name, address, every device signed out. Nobody else can do it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tenancy import accounts
from tenancy.models import EmailChange, Merchant
from tests import factories
from tests.accounts.apps import has_app, set_up
from tests.accounts.visits import ADDRESS, NEW, ask_for, history, is_in, post, sign_in
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


# --- Signing in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "heading"),
    [
        ("", "Sign in to the terminal"),
        ("?next=/terminal/gare/", "Sign in to the terminal"),
        ("?next=https://evil.example/account/", "Sign in to the terminal"),
        ("?next=/account/", "Sign in"),
        ("?next=/admin/", "Sign in"),
        ("?next=/invitation/abc/", "Sign in"),
    ],
)
def test_the_sign_in_page_is_called_by_where_it_leads(client, db, where: str, heading: str) -> None:
    pages = [client.get(f"/login/{where}"), client.post(f"/login/{where}", {"username": "x"})]
    for page in (words(page) for page in pages):
        assert f"{heading} {LEAD[heading]}" in page
        assert not [other for name, other in LEAD.items() if name != heading and other in page]


LEAD = {
    "Sign in to the terminal": "Once per device, with the store’s sign-in.",
    "Sign in": "With your own account.",
}


def test_whoever_chooses_no_language_is_told_which_one_it_is(client, nora) -> None:
    sign_in(client)
    page = client.get("/account/").content.decode()
    assert '<option value="" selected>As the browser</option>' in page
    assert "---------" not in page
    person = {"first_name": "Nora", "last_name": "Weis"}
    assert client.post("/account/", person | {"preferred_language": "fr"}).status_code == 302
    assert factories.fresh(nora).preferred_language == "fr"
    assert client.post("/account/", person | {"preferred_language": ""}).status_code == 302
    assert factories.fresh(nora).preferred_language == ""


def test_a_session_holds_no_address(client, nora) -> None:
    """It is kept for two weeks, also where a second factor was never shown; an erasure does not look into it."""
    sign_in(client)
    has_app(nora)
    half_way = Client()
    assert sign_in(half_way)["Location"] == "/account/second-factor/authenticate/"
    for each in (client, half_way):
        assert ADDRESS not in str(dict(each.session)).lower()


def test_no_page_of_an_account_is_kept_by_a_browser_or_a_proxy(client, nora) -> None:
    """One shows the secret of an app, another one the recovery codes."""
    client.force_login(nora)
    walked = [*pages_without_arguments("account/")]
    assert "/account/second-factor/totp/activate/" in walked
    assert "/account/second-factor/recovery-codes/" in walked
    set_up(client)
    for place in (*walked, "/login/", "/logout/", "/terminal/"):
        assert "no-store" in client.get(place)["Cache-Control"], place
    assert "no-store" in Client().get("/login/")["Cache-Control"]


def pages_without_arguments(beginning: str, patterns: Any = None, before: str = "") -> Iterator[str]:
    """The addresses of the site that begin so, and take nothing."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = f"{before}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from pages_without_arguments(beginning, each.url_patterns, path)
        elif path.startswith(beginning) and "<" not in path:
            yield f"/{path}"


# --- Password and name ------------------------------------------------------------------------------------


def change_password(client: Client, present: str) -> HttpResponse:
    form = {"old_password": present, "new_password1": NEW, "new_password2": NEW}
    return client.post("/account/password/", form)


def test_a_changed_password_leaves_this_device_signed_in_and_no_other(client, nora) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    assert change_password(client, factories.PASSWORD)["Location"] == "/account/"
    assert (is_in(client), is_in(other)) == (True, False)


def test_nobody_changes_it_without_the_present_one(client, nora) -> None:
    sign_in(client)
    assert change_password(client, "guessed-by-a-stranger").status_code == 200
    assert factories.fresh(nora).check_password(factories.PASSWORD)
    assert "Chose a new password." not in history()


def test_the_present_password_is_not_guessed_at_a_screen_that_was_left_open(client, nora) -> None:
    sign_in(client)
    answers = [change_password(client, "guessed").status_code for _ in range(3)]
    answers += [ask_for(client, "thief@example.com", "guessed").status_code for _ in range(3)]
    assert answers == [200] * 5 + [429]
    assert change_password(client, factories.PASSWORD).status_code == 429
    assert factories.fresh(nora).check_password(factories.PASSWORD)
    assert not EmailChange.objects.exists()


def test_a_person_says_what_they_are_called(client, nora) -> None:
    sign_in(client)
    form = {"first_name": "Nora", "last_name": "Weber", "preferred_language": "lb", "is_superuser": "on"}
    assert client.post("/account/", form).status_code == 302
    saved = factories.fresh(nora)
    assert (saved.get_full_name(), saved.preferred_language, saved.is_superuser) == (
        "Nora Weber",
        "lb",
        False,
    )


# --- Sessions and devices ---------------------------------------------------------------------------------


def test_all_sessions_end_at_once_at_terminal_and_console(client, nora) -> None:
    here, till, forced = Client(), Client(), Client()
    sign_in(here)
    sign_in(till)
    forced.force_login(nora)  # a session that no list knows of
    store = nora.memberships()[0].store.name
    assert store in till.get("/terminal/?choose=1").content.decode()
    assert forced.get("/account/").status_code == 200
    assert here.get("/account/sessions/").content.decode().count("<li><b>") == 2

    assert here.post("/account/sessions/end/")["Location"] == "/login/"

    assert [is_in(each) for each in (here, till, forced)] == [False, False, False]
    assert store not in till.get("/terminal/?choose=1").content.decode()
    assert sign_in(here).status_code == 302
    assert is_in(here)


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Luxembourg", "12:30"), ("Atlantic/Azores", "10:30")])
def test_a_sign_in_is_told_by_the_clock_of_the_persons_shop(client, nora, zone: str, hour: str) -> None:
    Merchant.objects.filter(pk=nora.memberships()[0].store.merchant_id).update(timezone=zone)
    with time_machine.travel(datetime(2026, 11, 28, 11, 30, tzinfo=UTC), tick=False):
        sign_in(client)
        assert f"28/11/2026 {hour}" in words(client.get("/account/sessions/"))


def test_nobody_elses_sessions_end(client, nora) -> None:
    other = Client()
    other.force_login(factories.user())
    sign_in(client)
    client.post("/account/sessions/end/")
    assert is_in(other)


def test_a_sign_in_on_a_new_device_is_told_and_on_a_known_one_is_not(client, nora, post_office) -> None:
    sign_in(client)
    assert [letter["Subject"] for letter in post(post_office)] == ["New sign-in to your account"]
    client.post("/logout/")
    sign_in(client)
    assert post(post_office) == []
    sign_in(Client())
    assert [letter["To"] for letter in post(post_office)] == [ADDRESS]


def test_a_device_known_to_one_person_is_new_to_another(client, nora, post_office) -> None:
    factories.user("paul@example.com")
    sign_in(client)
    client.post("/logout/")
    sign_in(client, email="paul@example.com")
    assert sorted(letter["To"] for letter in post(post_office)) == [ADDRESS, "paul@example.com"]


def test_a_made_up_cookie_makes_no_device_known(client, nora, post_office) -> None:
    client.cookies["known_device"] = signing.dumps([nora.pk], salt="another")
    sign_in(client)
    assert len(post(post_office)) == 1


def test_there_is_no_open_sign_up(client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/").status_code == 302


def test_the_console_opens_by_the_same_way(client, post_office) -> None:
    shop = factories.shop()
    answer = sign_in(client, email=shop.owner.email, page="/admin/login/?next=/admin/tenancy/store/")
    assert answer["Location"] == "/admin/tenancy/store/"
    assert sign_in(Client(), email=shop.owner.email, page="/admin/login/")["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"


def test_old_addresses_and_sessions_are_forgotten(client, nora) -> None:
    sign_in(client)
    ask_for(client, "later@example.com")
    assert accounts.clean(now=timezone.now() + timedelta(days=13)) == 0
    assert is_in(client)
    assert accounts.clean(now=timezone.now() + timedelta(days=31)) == 3
    assert not EmailChange.objects.exists()
