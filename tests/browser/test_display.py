"""The screen turned to the customer, in a window of the till and on a device of its own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import factories
from tests.browser.locked import held_calls, is_asked
from tests.browser.measure import findings, sideways
from tests.browser.test_terminal_noted import other_number
from tests.browser.test_terminal_offline import no_network
from tests.browser.test_till_device import tablet  # noqa: F401
from tests.browser.till import Till

SIZES = [(320, 568), (390, 844), (820, 1180), (1024, 600), (1280, 800)]
NOTE_WHAT_IS_SHOWN = """() => {
  window.shown = [];
  const note = () => shown.push(document.querySelector("main").innerText);
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture
def second_tablet(
    browser: Browser,
    browser_context_args: dict,
    attentive: Callable[[BrowserContext], None],
) -> Page:
    context = browser.new_context(**browser_context_args)
    attentive(context)
    return context.new_page()


def is_welcome(*screens: Page) -> None:
    for screen in screens:
        expect(screen.locator("#welcome")).to_be_visible()
        expect(screen.locator("#moment")).to_be_hidden()
        assert "Anouk" not in screen.locator("main").inner_text()


def pair(till: Till, screen: Page) -> None:
    """By the code that the till shows just now."""
    code = till.text("#display-code")
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    screen.goto("/terminal/")
    screen.get_by_label("Code").fill(code.inner_text())
    screen.get_by_role("button", name="Set up this till").click()
    expect(screen.locator("#welcome")).to_be_visible()


def test_a_customer_sees_their_stamp_land_and_nobody_sees_them_afterwards(
    tablet: Till,  # noqa: F811
    second_tablet: Page,
    shop,
    anouk,
) -> None:
    tablet.unlock().shows("scan").press("Customer’s screen")
    pair(tablet, second_tablet)
    with tablet.context.expect_page() as opened:
        tablet.press("Open it in a window")
    window = opened.value
    is_welcome(second_tablet, window)

    tablet.find("Anouk").shows("card")
    for screen in (second_tablet, window):
        expect(screen.locator("#moment-hello")).to_have_text("Hello Anouk")
        expect(screen.locator("#moment-balance")).to_have_text("0 of 10 stamps · 0 points")
    tablet.press("Add 1 stamp").says("+1 stamp").text("#result-title").hover()  # so that it stays
    for screen in (second_tablet, window):
        expect(screen.locator("#moment-title")).to_have_text("+1 stamp")
        expect(screen.locator("#moment-stamps .new")).to_have_count(1)
        for width, height in SIZES:
            screen.set_viewport_size({"width": width, "height": height})
            assert sideways(screen) == 0
    assert findings(window) == []
    tablet.press("Next customer").shows("scan")
    is_welcome(second_tablet, window)

    tablet.press("New card").page.wait_for_selector("#take-card[open]")
    for screen in (second_tablet, window):
        picture = screen.get_by_role("img", name="QR code of the new card")
        expect(picture).to_have_attribute("src", re.compile(r"^/card/[A-Z]+/take-along\.svg$"))
        expect(picture).to_have_js_property("complete", True)
    tablet.press("Next customer").shows("scan").find("Anouk").shows("card")
    expect(second_tablet.locator("#moment-hello")).to_have_text("Hello Anouk")
    tablet.page.locator("#lock-button").click()
    is_welcome(second_tablet, window)


def test_whoever_stands_there_sees_nothing_of_somebody_whose_stamp_is_mended(open_till, shop, anouk):
    pol = factories.card(shop.store, name="Pol Schmit")
    wrong = other_number(anouk.card_number)
    with no_network(open_till):
        open_till.find(wrong).shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
    expect(open_till.text("#net-text")).to_have_text("1 not accepted", timeout=20_000)
    open_till.press("Customer’s screen")
    with open_till.context.expect_page() as opened:
        open_till.press("Open it in a window")
    window = opened.value
    hello = window.locator("#moment-hello")
    open_till.scan(pol.qr_code_data).shows("card")
    expect(hello).to_have_text("Hello Pol")

    open_till.press("1 not accepted").press("Book it after all")
    open_till.page.get_by_label("The right card").fill(anouk.card_number)
    window.evaluate(NOTE_WHAT_IS_SHOWN)
    open_till.press("Book it now").says("+1 stamp", "Anouk Weber").press("Next customer").shows("card")

    expect(open_till.text("#customer-name")).to_have_text("Pol Schmit")
    expect(hello).to_have_text("Hello Pol")
    assert "Anouk" not in window.evaluate("window.shown.join()")


def test_what_is_told_without_an_answer_does_not_keep_the_next_from_being_told(
    tablet: Till,  # noqa: F811
    second_tablet: Page,
    anouk,
) -> None:
    tablet.unlock().shows("scan").press("Customer’s screen")
    pair(tablet, second_tablet)
    tablet.page.keyboard.press("Escape")
    with held_calls(tablet, re.compile(r"/display/tell/$")) as held:
        tablet.find("Anouk").shows("card")
        is_asked(tablet, held)
        del held[:]
        tablet.press("Done").shows("scan")
        is_asked(tablet, held)
        assert held[0].request.post_data == "null"
