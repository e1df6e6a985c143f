"""What customers see on their phones: getting a card, the card, their data, and getting it back."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty import links
from loyalty.models import LoyaltyCard, MerchantLoyaltySettings
from loyalty.services import enrollment, programs
from loyalty.services import friends as bringing
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, LONG, Gallery

People = dict[str, LoyaltyCard]
REWARDS = (("Croissant", 500), ("Frühstück für zwei Personen", 1500), ("Geschenkkorb", 20000))


class Phone:
    """A phone in one language, whose pictures are taken."""

    def __init__(self, context: BrowserContext, language: str) -> None:
        self.page: Page = context.new_page()
        self.language = language
        self.gallery = Gallery(self.page, language)

    def look(self, state: str) -> None:
        """All of the page, however far one would scroll."""
        self.gallery.look(state, whole=True)

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_that_goes_into_a_wallet(
    context: BrowserContext, wallets: None, people: People, language: str
) -> None:
    address = f"/card/{people['usual'].access_token}"
    phone = Phone(context, language)
    phone.show(f"{address}/", "page-wallet")
    phone.show(f"{address}/wallet/", "wallet")


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
        programs.deactivate(program_id=busy.program.pk, actor=factories.actor("owner"))
    phone.show(f"/join/{busy.store.store_code}/", "join-paused")
    with factories.inside(busy):
        programs.activate(program_id=busy.program.pk, actor=factories.actor("owner"))


def sees_cards_of_every_state(phone: Phone, busy: factories.Shop, people: People) -> None:
    """Usual, full, owing, off, and without a name."""
    phone.show("/", "home")
    for name in ("usual", "full", "owes", "closed"):
        phone.show(f"/card/{people[name].access_token}/", f"page-{name}")
    with factories.inside(busy):
        nobody = enrollment.enroll(store=busy.store, nameless=True, actor=factories.actor()).card
    phone.show(f"/card/{nobody.access_token}/", "page-nameless")
    phone.page.locator(".zoom").click()
    expect(phone.page.get_by_role("dialog")).to_be_visible()
    phone.gallery.look("page-code")
    for kind, color in (("stamps", "#1f5c4a"), ("points", "#16171a")):
        shop = factories.shop(loyalty_type=kind, card_color=color, rewards=REWARDS)
        card = factories.card(
            shop.store, name="Anouk Weber", stamps=7 * (kind == "stamps"), cents=cents_of(kind)
        )
        phone.show(f"/card/{card.access_token}/", f"page-{kind}")
    phone.show("/x/", "missing")


def cents_of(kind: str) -> int:
    return 123450 if kind == "points" else 0


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
    phone.show(f"{address}/data/", "data-phone")
    confirms_what_is_new(phone, card)
    phone.show(f"{address}/erase/", "erase")
    phone.send()
    expect(phone.page.get_by_role("status").first).to_be_visible()
    phone.look("erase-asked")
    phone.show(f"{address}/erase/x/", "erase-late")
    phone.show(links.erasure_path(card), "erase-confirm")
    phone.page.locator("main .danger").click()
    expect(phone.page.get_by_role("status").first).to_be_visible()
    phone.look("erased")


def confirms_what_is_new(phone: Phone, card: LoyaltyCard) -> None:
    """The page behind the link in the e-mail, before and after its button, and consent that was given."""
    address = f"/card/{card.access_token}"
    way = urlsplit(links.email_confirmation_url(factories.fresh(card))).path
    phone.show(way, "email-confirm")
    phone.send()
    phone.look("email-confirmed")
    phone.show(way, "email-late")
    phone.page.goto(f"{address}/data/?lang={phone.language}")
    phone.page.locator("input[name=marketing_consent]").check()
    phone.send()
    phone.page.wait_for_url("**?kept")
    phone.look("data-kept")
