"""A card for anybody: one tap makes it, a phone takes it along, a name comes later, and another phone gets it back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard
from loyalty.services import printed
from notifications.services import delivery, texts
from tenancy import scope
from tests import factories
from tests.browser.conftest import ARGUMENTS
from tests.browser.film import film
from tests.browser.measure import findings, sideways
from tests.browser.test_terminal_camera import phone_with
from tests.browser.till import Till


def a_phone(browser: Browser, browser_context_args: dict[str, Any], attentive: Callable) -> Page:
    context = browser.new_context(**browser_context_args | {"viewport": {"width": 390, "height": 844}})
    attentive(context)
    return context.new_page()


def letter(mailoutbox: list, pattern: str) -> str:
    """A way on this site out of the newest e-mail."""
    with scope.everything("the texts are the platform's"):
        texts.load()
    outbox.relay()
    delivery.sweep()
    found = re.search(rf"https?://[^/\s]+({pattern})", mailoutbox[-1].body)
    assert found is not None
    return found.group(1)


def test_a_nameless_card_is_taken_along_named_and_brought_back_on_another_phone(
    open_till, shop, browser, browser_context_args, attentive, mailoutbox
):
    open_till.count_taps().press("New card")
    picture = open_till.text("#take-card-picture")
    expect(picture).to_have_attribute("src", re.compile(r"/card/[A-Z]+/take-along\.svg$"))
    assert open_till.taps == 1
    address = (picture.get_attribute("src") or "").removesuffix("take-along.svg")
    open_till.press("Open the card").shows("card").press("Add 1 stamp").says("+1 stamp")

    phone = a_phone(browser, browser_context_args, attentive)
    phone.goto(address)
    expect(phone.locator(".pass")).to_contain_text("1/10")
    assert (findings(phone), sideways(phone)) == ([], 0)
    phone.get_by_role("link", name="Add your name and your e-mail address").click()
    phone.get_by_label("Name").fill("Zoë Muller")
    phone.get_by_label("E-mail", exact=True).fill("zoe@müller.lu")
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator(".notice[role=status]")).to_contain_text("We have sent a link to the new address")
    phone.goto(letter(mailoutbox, r"/card/email/[^ )\n]+"))
    phone.locator("main form button[type=submit]").click()
    expect(phone.get_by_role("heading", name="confirmed")).to_be_visible()
    with factories.inside(shop):
        zoe = LoyaltyCard.objects.select_related("customer").get().customer
    assert (zoe.email, zoe.pending_email) == ("zoe@müller.lu", None)

    other = a_phone(browser, browser_context_args, attentive)
    other.goto(f"/join/{shop.store.store_code}/")
    other.get_by_label(re.compile("^E-mail")).fill("ZOE@müller.lu")
    other.get_by_role("button", name="Get my card").click()
    expect(other.get_by_role("heading", name="You already have a card")).to_be_visible()
    expect(other.get_by_role("main")).not_to_contain_text("Zoë")
    other.goto(letter(mailoutbox, r"/card/[A-Z]+/"))
    expect(other.get_by_text("Zoë’s card")).to_be_visible()
    expect(other.locator(".pass")).to_contain_text("1/10")
    assert other.url.endswith(address)


def test_a_printed_card_comes_alive_when_the_camera_sees_it_for_the_first_time(
    playwright: Playwright, browser_type_launch_args, browser_context_args, attentive, shop, tmp_path: Path
):
    with factories.inside(shop):
        batch = printed.make(
            store=shop.store, actor=factories.actor(), name="Spring", count=1, design="white"
        )
        paper = batch.cards.get()
        assert not LoyaltyCard.objects.exists()
    seen = film(phone_with(paper.qr_code_data), tmp_path)
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={seen}"]
    browser = playwright.chromium.launch(**browser_type_launch_args | {"args": arguments})
    context: BrowserContext = browser.new_context(**browser_context_args)
    attentive(context)

    till = Till(context).sign_in(shop.staff).open(shop.store).unlock().shows("card")
    expect(till.text("#card-number")).to_have_text(paper.display_number)
    till.press("Add 1 stamp").says("+1 stamp")

    with factories.inside(shop):
        card = LoyaltyCard.objects.get()
    assert (card.card_number, card.stamp_count) == (paper.card_number, 1)
    browser.close()
