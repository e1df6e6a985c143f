"""What is printed from a browser: dark on white whatever the screen shows, and lists as tables."""

import re

from playwright.sync_api import Page, expect

from tenancy.models import Store
from tests import factories
from tests.browser.console import enter

SHEET = {"width": 703, "height": 1_032}  # A4 between its margins, as a browser measures it
DARK = re.compile(r"\bdark\b")
COLOURS = """selector => {
    const light = colour => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
        return alpha === 0 ? 255 : (red + green + blue) / 3;
    };
    const style = getComputedStyle(document.querySelector(selector));
    return [light(style.color), light(style.backgroundColor)];
}"""

# Words of a list of which a part stands in the next line; an address has no place where it may break.
CUT = """() => [...document.querySelectorAll("#result_list :is(th, td)")]
  .filter(cell => !cell.innerText.includes("@"))
  .flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), cut = [];
    for (let text; (text = texts.nextNode());)
      for (const word of text.data.matchAll(/[\\p{L}\\d]+/gu)) {
        const range = new Range();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) cut.push(word[0]);
      }
    return cut;
  })"""


def to_paper(page: Page) -> None:
    """As the browser's printing does it to a page that is dark."""
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("html")).not_to_have_class(DARK)


def is_dark_on_white(page: Page, selector: str) -> bool:
    ink, paper = page.evaluate(COLOURS, selector)
    return ink < 90 and paper > 230


def test_a_list_is_a_table_on_paper_and_dark_on_white(context, shop):
    factories.card(shop.store, email="anna@example.com")
    page = enter(context, shop.owner)
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/loyalty/loyaltycard/")
    assert not is_dark_on_white(page, "body")
    to_paper(page)
    row, heads = page.locator("#result_list tbody tr"), page.locator("#result_list thead th:visible")
    expect(heads.first).to_have_text("Card number")
    assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert row.bounding_box()["height"] < 80
    assert page.evaluate(CUT) == []
    assert is_dark_on_white(page, "body")
    expect(page.get_by_role("heading", name="Cards")).to_be_visible()
    for pressed in ("#toolbar", ".export-links", "td.action-checkbox", "#nav-sidebar"):
        expect(page.locator(pressed)).to_be_hidden()
    page.emulate_media(media="screen", color_scheme="dark")
    expect(page.locator("html")).to_have_class(DARK)
    assert not is_dark_on_white(page, "body")


def test_the_widest_list_has_room_on_a_sheet_for_whole_words(context, live_server):
    shop = factories.shop()
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(name="Konditorei Oberkirchberg")
    factories.card(shop.store, email="anna@example.com", name="Anna Oberweis-Schroeder", cents=1_240)
    page = enter(context, shop.owner)
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/loyalty/loyaltytransaction/")
    to_paper(page)
    expect(page.locator("#result_list tbody tr")).not_to_have_count(0)
    assert page.evaluate(CUT) == []


def test_the_overview_is_dark_on_white_on_paper(context, shop):
    page = enter(context, shop.owner)
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/")
    assert not is_dark_on_white(page, ".figure")
    to_paper(page)
    assert is_dark_on_white(page, ".figure")


def test_pages_that_are_kept_on_paper_are_dark_on_white(context, shop):
    """The codes of a second factor have a button for it; a card's page has none and is printed all the same."""
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    assert not is_dark_on_white(page, "body")
    to_paper(page)
    assert is_dark_on_white(page, "body")
