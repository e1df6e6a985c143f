"""Codes at the till, in a real browser: scanners that stumble, and what stands on cards from before."""

import string

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from reportlab.graphics.barcode.code128 import Code128

from loyalty.models import CardCode
from tests import factories
from tests.browser.conftest import ARGUMENTS
from tests.browser.film import film
from tests.browser.test_terminal_offline import no_network
from tests.browser.till import Till, ledger

EAN, UPC = "4006381333931", "036000291452"
LETTERS = "K-0815"
# Keys at the times of a clock of our own: [key, milliseconds since the one before].
TYPE = """keys => {
  let now = performance.now();
  for (const [key, gap] of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    now += gap;
    Object.defineProperty(event, "timeStamp", { value: now });
    document.body.dispatchEvent(event);
  }
}"""


def typed(code: str, *, hiccups: dict[int, int] | None = None, gap: int = 15) -> list[tuple[str, int]]:
    """A code key by key, and Enter; `hiccups` are pauses in milliseconds before some of its keys, by their place."""
    pauses = hiccups or {}
    return [(key, pauses.get(place, gap)) for place, key in enumerate(code)] + [("Enter", gap)]


def test_a_hiccup_of_the_radio_does_not_cut_a_code(open_till, anouk):
    number = factories.fresh(anouk).card_number
    for place in (1, 6, len(number) - 1):
        open_till.page.evaluate(TYPE, typed(number, hiccups={place: 300}))
        open_till.shows("card").press("Done").shows("scan")


def test_a_code_that_stood_still_for_longer_counts_as_it_stands_in_the_field(open_till, anouk):
    for code in (anouk.qr_code_data, anouk.card_number):
        open_till.scan(code, pauses={len(code) - 6: 0.7}).shows("card").press("Done").shows("scan")
        expect(open_till.text("#query")).to_have_value("")


def test_what_a_person_types_is_no_code_and_a_scan_soon_after_it_is_whole(open_till, anouk):
    number = factories.fresh(anouk).card_number
    open_till.page.evaluate(TYPE, typed(number, gap=90))
    open_till.page.evaluate(TYPE, typed("12", gap=90)[:-1] + typed(number, hiccups={0: 300}))
    open_till.shows("card")
    expect(open_till.text("#customer-name")).to_have_text("Anouk Weber")


def test_an_old_ean_card_is_attached_once_and_found_from_then_on(open_till, shop, anouk):
    open_till.scan(EAN).says("Card not found").press("Attach to a card").shows("scan")
    expect(open_till.text(".attach-bar")).to_contain_text(EAN)
    open_till.scan(anouk.qr_code_data).says("Code attached", "Anouk Weber").press("Back").shows("card")
    with factories.inside(shop):
        assert CardCode.objects.get().code == EAN

    open_till.press("Done").shows("scan")
    expect(open_till.text(".attach-bar")).to_have_count(0)
    open_till.scan(EAN).shows("card")
    expect(open_till.text("#customer-name")).to_have_text("Anouk Weber")


def test_the_twelve_digits_of_an_old_card_are_no_slip_of_a_scanner(open_till, shop, anouk):
    open_till.scan(UPC).says("Card not found").press("Attach to a card").shows("scan")
    open_till.scan(anouk.qr_code_data).says("Code attached", "Anouk Weber").press("Back").shows("card")
    with factories.inside(shop):
        assert CardCode.objects.get().code == f"0{UPC}"
    open_till.press("Done").shows("scan").find("400012345677").says("Please check", "There is a slip").press(
        "Back"
    )
    open_till.scan(UPC).shows("card")
    expect(open_till.text("#customer-name")).to_have_text("Anouk Weber")


def test_a_card_that_is_made_while_a_code_waits_gets_it(open_till, shop, anouk):
    open_till.scan(EAN).says("Card not found").press("Attach to a card").shows("scan")
    open_till.press("New card").says("Code attached").press("Back")
    expect(open_till.text("#take-card")).to_be_visible()
    with factories.inside(shop):
        code = CardCode.objects.select_related("card").get()
        assert (code.code, code.card.customer.name) == (EAN, "")

    open_till.press("Next customer").shows("scan")
    expect(open_till.text(".attach-bar")).to_have_count(0)
    open_till.scan(anouk.qr_code_data).shows("card")
    with factories.inside(shop):
        assert CardCode.objects.get().card_id == code.card_id


def test_in_a_shop_without_pins_a_code_waits_no_longer_than_somebody_is_there(till_of):
    till = till_of(factories.shop()).keep_time()
    till.page.reload()
    till.is_ready().scan(EAN).says("Card not found").press("Attach to a card").shows("scan")
    expect(till.text(".attach-bar")).to_be_visible()

    till.page.clock.run_for(11 * 60_000)

    expect(till.text(".attach-bar")).to_have_count(0)


def test_a_code_that_waits_for_its_card_does_not_wait_for_the_next_person(open_till, shop, anouk):
    open_till.scan(EAN).says("Card not found").press("Attach to a card").shows("scan")
    open_till.text("#lock-button").click()
    open_till.shows("lock").unlock().shows("scan")
    open_till.scan(anouk.qr_code_data).shows("card")
    with factories.inside(shop):
        assert not CardCode.objects.exists()


def test_a_single_name_that_only_comes_near_is_asked_about(open_till, shop):
    factories.card(shop.store, name="Rosa Pereira")
    open_till.find("Perreira")
    expect(open_till.page.get_by_role("dialog", name="Which card?")).to_be_visible()
    open_till.press("Rosa Pereira").shows("card")


@pytest.fixture(params=["EAN-13", "Code 128"])
def earlier_card(request, shop, anouk):
    """The code of an old card, attached to Anouk's, as its plastic shows it."""
    code, bars = {"EAN-13": (EAN, ean_13(EAN)), "Code 128": (LETTERS, code_128(LETTERS))}[request.param]
    with factories.inside(shop):
        CardCode.objects.create(merchant=shop.merchant, card=anouk, code=code)
    picture = Image.new("1", (4 * (len(bars) + 22), 180), 1)
    for place, module in enumerate(bars):
        if module == "1":
            left = 4 * (place + 11)
            ImageDraw.Draw(picture).rectangle((left, 10, left + 3, 170), fill=0)
    return picture


def code_128(text: str) -> str:
    """The bars and spaces of a Code 128 (ISO/IEC 15417)."""
    code = Code128(text)
    for step in (code.validate, code.encode, code.decompose):
        step()
    widths = string.ascii_lowercase
    return "".join("01"[one.isupper()] * (widths.index(one.lower()) + 1) for one in code.decomposed)


def ean_13(ean: str) -> str:
    """The 95 bars and spaces of an EAN-13 (ISO/IEC 15420)."""
    odd = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
    parity = "OOOOOO OOEOEE OOEEOE OOEEEO OEOOEE OEEOOE OEEEOO OEOEOE OEOEEO OEEOEO".split()[int(ean[0])]
    right = ["".join("10"[int(bit)] for bit in code) for code in odd]
    left = "".join(
        odd[int(digit)] if kind == "O" else right[int(digit)][::-1]
        for digit, kind in zip(ean[1:7], parity, strict=True)
    )
    return f"101{left}01010{''.join(right[int(digit)] for digit in ean[7:])}101"


def test_the_camera_reads_the_barcode_of_an_old_card(
    playwright, browser_type_launch_args, browser_context_args, attentive, shop, earlier_card, tmp_path
):
    seen = film(earlier_card, tmp_path)
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={seen}"]
    browser = playwright.chromium.launch(**browser_type_launch_args | {"args": arguments})
    context = browser.new_context(**browser_context_args)
    attentive(context)
    till = Till(context).sign_in(shop.staff).open(shop.store).unlock()

    till.shows("card")
    expect(till.text("#customer-name")).to_have_text("Anouk Weber")
    browser.close()


def test_the_code_of_an_earlier_card_that_was_never_read_here_waits_for_the_network(open_till, shop, anouk):
    with no_network(open_till):
        open_till.scan(EAN).says("Offline", "only if it was read here in the last days", EAN).press("Back")
        open_till.find("Anouk").says("Offline", "only a code or a card number can be used")
    assert ledger(shop) == []
