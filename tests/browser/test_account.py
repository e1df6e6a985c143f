"""A password is forgotten on a Saturday: from the sign-in page over the mailbox back to the till."""

import re

import pytest
from playwright.sync_api import Page, expect

from groundwork.messaging import outbox
from notifications.services import accounts
from tests import factories
from tests.browser.measure import findings, sideways
from tests.notifications.conftest import post_office
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import part

__all__ = ["post_office"]
NEW = "a-quite-new-secret"


def arrived(office: PostOffice, subject: str) -> str:
    """The path of the link in the one letter with this subject."""
    outbox.relay()
    accounts.send_due()
    (letter,) = (each for each in office.letters if each["Subject"] == subject)
    found = re.search(r"https://cards\.example(/\S+)", part(letter, "plain"))
    assert found
    return found[1]


def test_whoever_forgot_the_password_is_back_at_the_till(
    page: Page, live_server: object, post_office: PostOffice
) -> None:
    shop = factories.shop()
    page.goto("/login/")
    page.get_by_role("link", name="Forgotten the password?").click()
    page.get_by_label("E-mail").fill(shop.manager.email)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Please look at your e-mails")).to_be_visible()
    assert (findings(page), sideways(page)) == ([], 0)

    page.goto(arrived(post_office, "Choose a new password"))
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label(re.compile("confirmation")).fill(NEW)
    assert (findings(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your new password is set")

    page.get_by_label("E-mail").fill(shop.manager.email)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/terminal/**")


@pytest.mark.parametrize("place", ["/admin/login/", "/login/", "/login/?next=/account/"])
def test_the_sign_in_pages_are_for_everybody(page: Page, live_server: object, place: str) -> None:
    page.goto(place)
    assert (findings(page), sideways(page)) == ([], 0)
