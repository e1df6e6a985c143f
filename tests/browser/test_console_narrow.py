"""The console on a narrow screen, or one that is magnified to twice its size: all of it is there to be read."""

import pytest

from loyalty.services import points
from tests import factories
from tests.browser.console import enter
from tests.browser.measure import sideways

REASON = "The till had no network while the whole choir was there, and everybody paid one by one. " * 2
CUT = """() => [...document.querySelectorAll("#result_list tbody [data-label]")]
  .filter((cell) => getComputedStyle(cell).overflowX !== "visible")
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1)
  .map((cell) => cell.dataset.label)"""


@pytest.fixture
def given_by_hand(shop, anouk):
    with factories.inside(shop):
        for number in (950_000, -750_000):
            actor = factories.actor(person=shop.owner)
            points.adjust(
                store=shop.store,
                card_id=anouk.pk,
                actor=actor,
                points_delta=number,
                reason=REASON.strip()[:190],
            )


@pytest.mark.parametrize("width", [320, 640, 820, 1023])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_customers_lines_are_no_wider_than_the_window(context, shop, anouk, given_by_hand, width, language):
    page = enter(context, shop.owner)
    page.set_viewport_size({"width": width, "height": 512})
    page.goto(f"/admin/customers/customer/{anouk.customer_id}/change/?lang={language}")
    assert sideways(page) <= 0


@pytest.mark.parametrize("width", [320, 640])
def test_a_long_remark_is_read_whole_in_the_list(context, shop, given_by_hand, width):
    page = enter(context, shop.owner)
    page.set_viewport_size({"width": width, "height": 512})
    page.goto("/admin/loyalty/loyaltytransaction/")
    assert page.evaluate(CUT) == []
