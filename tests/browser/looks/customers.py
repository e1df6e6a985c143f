"""What customers see on their phones: getting a card, the card, their data, and getting it back."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard, MerchantLoyaltySettings
from loyalty.services import enrollment
from loyalty.services import friends as bringing
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, LONG, Gallery

People = dict[str, LoyaltyCard]


class Phone:
    """A phone in one language, whose pictures are taken."""

    def __init__(self, context: BrowserContext, language: str) -> None:
        self.page: Page = context.new_page()
        self.language = language
        self.look = Gallery(self.page, language).look

    def show(self, address: str, state: str) -> None:
        mark = "&" if "?" in address else "?"
        self.page.goto(f"{address}{mark}lang={self.language}")
        self.look(state)

    def type(self, name: str, words: str) -> None:
        self.page.locator(f"input[name={name}]").fill(words)

    def send(self) -> None:
        self.page.locator("main button[type=submit]").first.click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_pages(
    context: BrowserContext, busy: factories.Shop, people: People, language: str
) -> None:
    phone = Phone(context, language)
    gets_a_card(phone, busy)
    gets_it_back(phone, busy)
    comes_by_an_invitation(phone, busy, people["usual"])
    sees_cards_of_every_state(phone, busy, people)
    changes_their_data(phone, people["usual"])


def gets_a_card(phone: Phone, busy: factories.Shop) -> None:
    """The form behind the code on the counter, with a slip, and the page after it."""
    phone.show(f"/join/{busy.store.store_code}/", "join")
    phone.type("email", "jules@")
    phone.send()
    expect(phone.page.get_by_role("alert").first).to_be_visible()
    phone.look("join-error")
    phone.type("name", LONG)
    phone.type("email", f"jules-{phone.language}@example.com")
    phone.send()
    phone.page.wait_for_url("**/done/**")
    phone.look("join-done")


def gets_it_back(phone: Phone, busy: factories.Shop) -> None:
    """Who has a card already is sent the way to it."""
    phone.show(f"/join/{busy.store.store_code}/", "join-again")
    phone.type("email", f"jules-{phone.language}@example.com")
    phone.send()
    phone.page.wait_for_url("**/done/**")
    phone.look("join-known")


def comes_by_an_invitation(phone: Phone, busy: factories.Shop, by: LoyaltyCard) -> None:
    """A friend's invitation; and where nobody makes themselves a card, that page says so."""
    with factories.inside(busy):
        code = bringing.code_of(by)
    phone.show(f"/join/{busy.store.store_code}/?by={code}", "join-friend")
    with factories.inside(busy):
        MerchantLoyaltySettings.objects.update(allow_self_enrollment=False)
    phone.show(f"/join/{busy.store.store_code}/", "join-closed")
    with factories.inside(busy):
        MerchantLoyaltySettings.objects.update(allow_self_enrollment=True)


def sees_cards_of_every_state(phone: Phone, busy: factories.Shop, people: People) -> None:
    """Usual, full, owing, off, and without a name."""
    phone.show("/", "home")
    for name in ("usual", "full", "owes", "closed"):
        phone.show(f"/card/{people[name].access_token}/", f"page-{name}")
    with factories.inside(busy):
        nobody = enrollment.enroll(store=busy.store, nameless=True, actor=factories.actor()).card
    phone.show(f"/card/{nobody.access_token}/", "page-nameless")
    phone.show("/x/", "missing")


def changes_their_data(phone: Phone, card: LoyaltyCard) -> None:
    """My data, a new address and phone that wait for their confirmation, history, wallet, and the end of it."""
    address = f"/card/{card.access_token}"
    phone.show(f"{address}/data/", "data")
    phone.type("email", f"neue-{phone.language}@example.com")
    phone.send()
    phone.page.wait_for_url("**?waits")
    phone.look("data-waits")
    phone.show(f"{address}/phone/", "phone")
    phone.send()
    expect(phone.page.locator("input[name=code]")).to_be_visible()
    phone.look("phone-code")
    phone.type("code", "000000")
    phone.send()
    expect(phone.page.locator(".field-error")).to_be_visible()
    phone.look("phone-wrong")
    phone.show(f"{address}/history/", "history")
    phone.show(f"{address}/wallet/", "wallet")
    phone.show(f"{address}/erase/", "erase")
