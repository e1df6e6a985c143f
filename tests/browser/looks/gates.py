"""The doors: signing in, an invitation, the choice of a store, and a device that cannot be a till."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tenancy import invitations
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, Gallery
from tests.browser.till import Till


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_nobody_at_work(context: BrowserContext, busy: factories.Shop, language: str) -> None:
    page = context.new_page()
    look = Gallery(page, language).look
    page.goto(f"/login/?lang={language}")
    look("login")
    invited = factories.invitation(busy.store, busy.owner, f"nei-{language}@example.com")
    page.goto(f"/invitation/{invitations.token_of(invited)}/?lang={language}")
    look("invitation")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".field-error").first).to_be_visible()
    look("invitation-error")
    page.add_init_script("delete window.OffscreenCanvas; delete window.BroadcastChannel")
    till = Till(context).sign_in(busy.owner)
    till.page.goto(f"/terminal/?choose=1&lang={language}")
    Gallery(till.page, language).look("choose")
    page.goto(f"/terminal/{busy.store.store_code}/?lang={language}")
    expect(page.locator("#lacks")).to_be_visible()
    look("lacks")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_script(
    browser: Browser, browser_context_args: dict[str, Any], busy: factories.Shop, language: str
) -> None:
    """Enrolment works; the till says that it cannot."""
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = Till(context).sign_in(busy.staff).page
    page.goto(f"/terminal/{busy.store.store_code}/?lang={language}")
    Gallery(page, language).look("noscript", is_judged=False)
    context.close()
