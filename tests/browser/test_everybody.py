"""Every page and every screen is for everybody: readable, in four languages, on a narrow phone, for big fingers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.measure import findings, sideways, too_small
from tests.browser.till import Till

NARROW = {"width": 320, "height": 640}
LANGUAGES = ("en", "fr", "de", "lb")
TERMS = {
    "terms_text_en": "The card is free.",
    "terms_text_de": "Die Loyalitätskarte ist gebührenfrei, unübertragbar und jederzeit kündbar.",
    "privacy_url": "https://example.com/privacy/",
}
PUBLIC = (
    "/",
    "/login/",
    "/terminal/",
    "/account/forgotten/",
    "/account/reset/MQ/made-up/",
    "/account/email/confirm/made-up/",
    "/join/{store}/",
    "/card/{token}/",
    "/card/{token}/history/",
    "/card/{token}/erase/",
    "/x/",
)
ACCOUNT = ("/account/", "/account/password/", "/account/email/", "/account/sessions/")
STAFF = ("/terminal/?choose=1", "/logout/", "/join/{store}/poster/", *ACCOUNT)


@pytest.fixture
def regular(live_server: object) -> tuple[factories.Shop, LoyaltyCard]:
    """A shop that says all it can, and somebody who has been there often."""
    shop = factories.shop(card_color="#c2553a", welcome_bonus_points=50, points_expiration_days=20, **TERMS)
    return shop, factories.card(shop.store, name="Anouk Weber", stamps=7, cents=6000)


@pytest.fixture
def narrow(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size(NARROW)
    return page


def fits(page: Page, address: str) -> dict[str, object]:
    """What is wrong with a page in each language."""
    wrong: dict[str, object] = {}
    for language in LANGUAGES:
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        wrong[language] = (too_small(page), sideways(page))
    return wrong


NOTHING = dict.fromkeys(LANGUAGES, ([], 0))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_for_anyone_is_for_everybody(narrow, regular, address):
    shop, card = regular
    address = address.format(store=shop.store.store_code, token=card.access_token)

    assert fits(narrow, address) == NOTHING
    assert findings(narrow) == []


@pytest.mark.parametrize("address", STAFF)
def test_a_page_for_staff_is_for_everybody(context, regular, address):
    shop, _ = regular
    page = Till(context).sign_in(shop.owner).page
    page.set_viewport_size(NARROW)

    assert fits(page, address.format(store=shop.store.store_code)) == NOTHING
    assert findings(page) == []


def test_a_form_with_errors_and_the_page_after_it_are_for_everybody(narrow, regular):
    narrow.goto(f"/join/{regular[0].store.store_code}/")
    narrow.get_by_role("textbox", name="E-mail").fill("jules@")
    narrow.get_by_role("button", name="Get my card").click()
    expect(narrow.get_by_role("alert")).to_be_visible()
    assert (findings(narrow), too_small(narrow), sideways(narrow)) == ([], [], 0)

    narrow.get_by_label("Name").fill("Jules Reding")
    narrow.get_by_role("textbox", name="E-mail").fill("jules@example.com")
    narrow.get_by_role("button", name="Get my card").click()
    expect(narrow.get_by_role("heading", name="Your card is ready")).to_be_visible()
    assert (findings(narrow), too_small(narrow), sideways(narrow)) == ([], [], 0)


def test_what_opens_on_the_card_is_for_everybody(narrow, regular):
    narrow.goto(f"/card/{regular[1].access_token}/")
    narrow.locator(".language-menu summary").click()
    assert (findings(narrow), too_small(narrow), sideways(narrow)) == ([], [], 0)

    narrow.keyboard.press("Escape")
    narrow.get_by_role("button", name="Full screen").click()
    assert (findings(narrow), too_small(narrow), sideways(narrow)) == ([], [], 0)


def through_the_terminal(till: Till, look: Callable[[], object]) -> dict[str, object]:
    """What `look` finds on each screen of the terminal, whatever language it is in."""
    seen: dict[str, object] = {}
    press = till.page.keyboard.press

    seen["lock"] = look()
    till.text("#pin-keys [data-key='4']").click()
    for digit in "711":
        till.text(f"#pin-keys [data-key='{digit}']").click()
    till.text("#pin-keys [data-key=enter]").click()
    till.shows("scan")
    seen["scan"] = look()
    till.text("#enrol-button").click()
    till.shows("enrol").text("#enrol-email").fill("anouk")
    till.text("#enrol-submit").click()
    expect(till.text("#enrol-email-error")).to_be_visible()
    seen["enrol"] = look()
    press("Escape")
    till.shows("scan").find("nobody@example.com")
    expect(till.text("#result")).to_be_visible()
    seen["not found"] = look()
    press("Escape")
    till.find("Weber")
    expect(till.text("#matches-sheet")).to_be_visible()
    seen["matches"] = look()
    till.text("#matches button").first.click()
    till.shows("card")
    seen["card"] = look()
    till.text("#redeem-button").click()
    expect(till.text("#rewards-sheet")).to_be_visible()
    seen["rewards"] = look()
    press("Escape")
    till.text("#earn-button").click()
    till.shows("amount").type_amount("1240")
    seen["amount"] = look()
    till.text("#credit-button").click()
    expect(till.text("#result")).to_have_attribute("data-kind", "ok")
    press("Shift")  # somebody reads: it stays
    seen["result"] = look()
    till.text("#result-next").click()
    till.shows("scan").text("#net").click()
    expect(till.text("#queue-sheet")).to_be_visible()
    seen["queue"] = look()
    return seen


@pytest.fixture
def busy_till(till: Till, shop: factories.Shop, anouk: LoyaltyCard) -> Till:
    """A terminal on a narrow phone, of a shop where two are called Weber."""
    factories.card(shop.store, name="Anna-Magdalena Weber-Schommartz")
    till.page.set_viewport_size(NARROW)
    return till


def test_axe_finds_nothing_on_any_screen_of_the_terminal(busy_till):
    seen = through_the_terminal(busy_till, lambda: findings(busy_till.page))

    assert seen == {screen: [] for screen in seen}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_of_the_terminal_fits_a_narrow_phone_in_each_language(busy_till, shop, language):
    busy_till.open(shop.store, f"?lang={language}")
    expect(busy_till.page.locator("html")).to_have_attribute("lang", language)
    page = busy_till.page
    seen = through_the_terminal(busy_till, lambda: (too_small(page), sideways(page)))

    assert seen == dict.fromkeys(seen, ([], 0))


def test_the_measures_find_what_is_wrong(narrow):
    narrow.goto("/")
    narrow.evaluate(
        """() => {
          document.querySelector("main").insertAdjacentHTML("beforeend", "<input><button>x</button><pre></pre>");
          document.querySelector("main pre").textContent = "wide ".repeat(99);
        }"""
    )

    assert any("label" in finding for finding in findings(narrow))
    assert any(small.startswith("x: ") for small in too_small(narrow))
    assert sideways(narrow) > 0


def test_what_the_browser_complains_of_is_heard(narrow, complaints):
    narrow.goto("/")
    with narrow.expect_console_message(lambda message: "Content Security Policy" in message.text):
        narrow.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    with narrow.expect_event("pageerror"):
        narrow.evaluate("void setTimeout(() => { throw new Error('planted') })")
    with narrow.expect_response("**/missing.png"):
        narrow.evaluate("new Image().src = '/static/missing.png'")

    inline, planted, missing = complaints
    assert "inline script violates" in inline
    assert "planted" in planted
    assert missing.startswith("404 for http://localhost:")
    complaints.clear()
