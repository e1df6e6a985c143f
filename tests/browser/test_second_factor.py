"""A passkey and an app in a real Chromium: set up, used at the next sign-in, used again before what hurts, removed."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import CDPSession, Page, expect

from tests import factories
from tests.accounts.apps import code_of
from tests.browser.measure import findings, sideways

LANGUAGES = ("en", "fr", "de", "lb")
SIZES = ((390, 844), (820, 1180), (1280, 800))


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A phone that knows its owner by their finger, who is there and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


@pytest.fixture
def look(page: Page) -> Callable[[str], None]:
    """Judge a page at every size, light and dark; pictures are kept where PICTURES says."""

    def judge(name: str) -> None:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert (findings(page), sideways(page)) == ([], 0), name
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")

    return judge


def enter(page: Page, email: str, where: str = "/login/?next=/account/") -> None:
    page.goto(where)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    page.goto("/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/")


def test_a_passkey_is_added_used_as_second_factor_instead_of_the_password_and_removed(
    page: Page, live_server: object, device: CDPSession, look: Callable[[str], None]
) -> None:
    shop = factories.shop()
    enter(page, shop.owner.email)
    look("account")
    page.get_by_role("link", name="Second factor").click()
    look("second-factor-none")
    page.get_by_role("link", name="Add a passkey").click()
    look("passkey-add")
    page.get_by_label("Name").fill("Léa’s phone")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look("recovery-codes")
    assert len(_codes_kept(page)) == 10
    expect(page.get_by_text("Léa’s phone")).to_be_visible()
    look("second-factor-passkey")

    leave(page)
    enter(page, shop.owner.email)
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    look("sign-in-second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account/")

    leave(page)
    look("sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/terminal/**")

    _remove_the_passkey(page, look)
    expect(page.get_by_text("Léa’s phone")).to_have_count(0)
    assert not Authenticator.objects.exists()


def _codes_kept(page: Page) -> list[str]:
    """The recovery codes, as they are downloaded."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    page.get_by_role("link", name="I have kept them").click()
    return Path(download.value.path()).read_text().split()


def _remove_the_passkey(page: Page, look: Callable[[str], None]) -> None:
    """Long after the sign-in: it is asked for once more first."""
    Session.objects.all().update(session_data=_long_ago())
    page.goto("/account/second-factor/")
    page.get_by_role("link", name=re.compile("^Remove")).click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    look("again")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Remove a passkey")).to_be_visible()
    look("passkey-remove")
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/account/second-factor/")


def _long_ago() -> str:
    """The one session as it was when it began, an hour ago."""
    (session,) = Session.objects.all()
    said = session.get_decoded()
    said["signed_in_at"] -= 3600
    for record in said.get("account_authentication_methods", []):
        record["at"] -= 3600
    return type(session).get_session_store_class()().encode(said)


def test_an_app_is_set_up_by_its_key_and_asked_for_at_the_console(
    page: Page, live_server: object, look: Callable[[str], None]
) -> None:
    shop = factories.shop()
    enter(page, shop.owner.email, "/login/?next=/account/second-factor/totp/activate/")
    look("app")
    secret = page.locator(".factor-secret").inner_text()
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    leave(page)

    cache.clear()
    page.goto("/admin/login/")
    page.get_by_label("E-mail").fill(shop.owner.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code of your app, or a recovery code").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_well_made_in_every_language(page: Page, live_server: object, language: str) -> None:
    shop = factories.shop()
    enter(page, shop.owner.email)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "totp/activate/", "webauthn/add/"):
        page.goto(f"/account/second-factor/{path}?lang={language}")
        assert (findings(page), sideways(page)) == ([], 0)
        assert page.locator("html").get_attribute("lang") == language
