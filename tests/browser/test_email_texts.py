"""The preview beside an e-mail's text: it follows what is written, in every language."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard
from notifications.services import texts
from tenancy import scope
from tests import factories


@pytest.fixture
def form(context: BrowserContext, shop: factories.Shop, anouk: LoyaltyCard) -> Page:
    """The page on which an owner writes a new text; Anouk is the newest customer."""
    with scope.everything("the platform's own texts"):
        texts.load()
    page = context.new_page()
    page.goto(reverse("admin:notifications_emailtemplate_add"))
    page.get_by_label("E-mail").fill(shop.owner.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.select_option("select[name=code]", "loyalty_card_link")
    page.select_option("select[name=store]", str(shop.store.pk))
    return page


def test_the_preview_shows_the_platforms_text_with_a_real_customer(form: Page) -> None:
    letter = form.frame_locator("iframe[data-letter]")
    expect(letter.get_by_text("Hello Anouk,")).to_be_visible()
    expect(letter.get_by_role("link", name="Open your card")).to_be_visible()
    french = form.get_by_role("group", name="Language").get_by_role("button", name="French")
    french.click()
    expect(letter.get_by_text("Bonjour Anouk,")).to_be_visible()
    expect(french).to_have_attribute("aria-pressed", "true")


def test_the_preview_follows_what_is_written_and_names_the_line_of_a_mistake(form: Page) -> None:
    form.locator("textarea[name=body_en]").fill("Moien {{ customer_name }}")
    expect(form.frame_locator("iframe[data-letter]").get_by_text("Moien Anouk Weber")).to_be_visible()
    form.locator("textarea[name=body_en]").fill("Moien\n\n{{ costumer_name }}")
    expect(form.locator("[data-problem]")).to_have_text(
        "Line 3: The variable “costumer_name” is not known here."
    )


def test_an_own_text_can_begin_from_the_platforms(form: Page) -> None:
    form.get_by_role("button", name="Fill empty fields").click()
    expect(form.locator("input[name=subject_lb]")).to_have_value("{{ merchant_name }}: hei ass Är Kaart")
    expect(form.get_by_role("button", name="Fill empty fields")).to_be_hidden()
