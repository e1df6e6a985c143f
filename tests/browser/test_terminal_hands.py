"""Hands at the till that are quicker than it: a tap too many, a key held down, a scanner where something is typed."""

from datetime import datetime, timedelta

from playwright.sync_api import expect

from loyalty.models import CardCode, LoyaltyCard
from tests import factories
from tests.browser.locked import answers_are_read
from tests.browser.test_terminal_noted import other_number
from tests.browser.test_terminal_offline import no_network
from tests.browser.test_terminal_purchases import at_amount, receipts
from tests.browser.till import Till, balance, ledger

PHONE = {"width": 390, "height": 844}
EAN = "4006381333931"
FRENCH = dict(zip("1234567890-", "&é\"'(-è_çà)", strict=True))
SCAN = """strokes => {
  for (const [key, code] of [...strokes, ["Enter", "Enter"]])
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }));
}"""
OBEDIENT_READER = """window.Worker = class {
  constructor() { window.sees = (code) => this.onmessage({ data: { code } }); }
  postMessage({ frame }) { frame?.close(); setTimeout(() => this.onmessage({ data: { ready: true } })); }
};"""


def middle_of(till: Till, selector: str) -> tuple[float, float]:
    box = till.text(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def stand_still(till: Till) -> None:
    """From now on no time passes on the page but what the test lets pass."""
    till.keep_time().page.clock.pause_at(datetime.now() + timedelta(seconds=2))


def test_a_tap_too_many_on_the_last_stamp_redeems_nothing(till_of):
    shop = factories.shop(loyalty_type="stamps")
    card = factories.card(shop.store, name="Emma Klein", stamps=9)
    till = till_of(shop)
    till.page.set_viewport_size(PHONE)
    till.find("Emma").shows("card")
    stand_still(till)
    till.text("#stamp-button").click()
    expect(till.text("#result-more")).to_be_visible()

    till.page.mouse.click(*middle_of(till, "#result-more"))  # on a phone, where the stamp was

    answers_are_read(till)
    expect(till.text("#result-more")).to_be_visible()
    assert balance(card) == (10, 0)


def test_a_tap_too_many_on_redeem_chooses_no_reward(till_of):
    shop = factories.shop(loyalty_type="points")
    factories.card(shop.store, name="Emma Klein", cents=90_000)
    till = till_of(shop).find("Emma").shows("card")
    stand_still(till)
    till.text("#redeem-button").click()
    reward = "#rewards button:not([aria-disabled=true]) >> nth=0"
    expect(till.text(reward)).to_be_visible()

    till.page.mouse.click(*middle_of(till, reward))

    answers_are_read(till)
    expect(till.text("#rewards-sheet")).to_be_visible()
    assert len(ledger(shop)) == 1
    till.page.clock.run_for(1_000)
    till.text(reward).click()
    till.says("Redeemed: Croissant")


def test_a_key_that_is_held_down_presses_once(till_of):
    shop = factories.shop(loyalty_type="stamps")
    card = factories.card(shop.store, name="Emma Klein", stamps=9)
    till = till_of(shop).find("Emma").shows("card")
    till.text("#stamp-button").focus()
    till.page.keyboard.down("Enter")
    expect(till.text("#result-more")).to_be_focused()

    till.page.keyboard.down("Enter")
    till.page.keyboard.up("Enter")

    answers_are_read(till)
    expect(till.text("#result-more")).to_be_visible()
    assert balance(card) == (10, 0)


def test_a_scan_chooses_nothing_in_a_list_that_has_the_focus(open_till, shop, anouk):
    code = f"D{anouk.qr_code_data[1:]}"
    with factories.inside(shop):
        LoyaltyCard.objects.filter(pk=anouk.pk).update(qr_code_data=code)
    address = open_till.page.url
    open_till.text("#language").focus()

    open_till.scan(code).shows("card")

    assert open_till.page.url == address


def test_a_scanner_at_a_french_keyboard_reads_digits_and_letters_all_the_same(open_till, shop, anouk):
    with factories.inside(shop):
        CardCode.objects.create(merchant=shop.merchant, card=anouk, code="K-0815")
    number = factories.fresh(anouk).card_number
    keys = {digit: f"Digit{digit}" for digit in "0123456789"} | {"-": "Minus", "k": "KeyK"}
    for printed in (number, "k-0815"):
        open_till.page.evaluate(SCAN, [[FRENCH.get(sign, sign), keys[sign]] for sign in printed])
        open_till.shows("card").press("Done").shows("scan")
    as_set_up = [[sign, keys[sign]] for sign in number]
    open_till.page.evaluate(SCAN, as_set_up)
    open_till.shows("card")


def test_the_digits_of_a_code_are_no_amount(open_till, shop, anouk):
    at_amount(open_till, "1240")
    with no_network(open_till):
        open_till.scan(EAN).says("Offline").press("Back").shows("amount")

    expect(open_till.text("#amount")).to_have_text("€0.00")
    expect(open_till.text("#credit-button")).to_be_disabled()


def test_a_receipt_is_scanned_into_the_field_that_asks_for_it(open_till, shop, anouk):
    at_amount(open_till, "1240").text("#order-reference").focus()

    open_till.scan("R-2026-0017").shows("amount").press("Credit points").says("+1 stamp, +124 points")

    assert receipts(shop) == [("R-2026-0017", 1240)]


def test_the_camera_reads_the_right_card_into_what_is_mended(till, shop, anouk):
    wrong = other_number(anouk.card_number)
    till.page.add_init_script(OBEDIENT_READER)
    till.open(shop.store).unlock().shows("scan")
    with no_network(till):
        till.find(wrong).shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
    expect(till.text("#net-text")).to_have_text("1 not accepted", timeout=20_000)
    till.press("1 not accepted").press("Book it after all")
    expect(till.text("#mend-sheet")).to_be_visible()

    till.page.evaluate("(code) => sees(code)", anouk.qr_code_data)

    till.says("+1 stamp", "Anouk Weber").press("Next customer")
    expect(till.text("#net-text")).to_have_text("Online")
    assert balance(anouk) == (1, 0)


def test_what_the_camera_sees_while_the_device_is_checked_opens_no_card(till, shop, anouk):
    till.page.add_init_script(OBEDIENT_READER)
    till.open(shop.store).unlock().shows("scan").press("Check this device")
    expect(till.text("#check-camera")).to_have_attribute("data-state", "good")

    till.page.evaluate("(code) => sees(code)", anouk.qr_code_data)

    expect(till.text("#check-sheet")).to_be_visible()
    till.page.keyboard.press("Escape")
    till.shows("scan")
