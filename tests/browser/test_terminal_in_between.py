"""Somebody between the till and its server: a proxy, a Wi-Fi's sign-in page, another tab of the same device."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from loyalty.services import cards
from tests import factories
from tests.browser.locked import STAMPS, held_calls, is_asked
from tests.browser.test_terminal_offline import is_sent
from tests.browser.till import Till, becomes


@contextmanager
def answered_by_another(till: Till, status: int, body: str) -> Iterator[list[Route]]:
    """Stamps never reach the server; whoever stands in between answers in its place."""
    calls: list[Route] = []

    def answer(route: Route) -> None:
        calls.append(route)
        route.fulfill(status=status, content_type="application/json", body=body)

    till.page.route(STAMPS, answer)
    try:
        yield calls
    finally:
        till.page.unroute(STAMPS)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "{}"),
        (200, "null"),
        (200, '{"status": "please sign in"}'),
        (401, '{"message": "Unauthorized"}'),
        (403, '{"message": "Forbidden", "code": 1020}'),
        (413, "[]"),
        (429, '{"message": "Too many requests"}'),
    ],
)
def test_an_answer_of_somebody_in_between_is_none_and_the_stamp_waits_for_the_servers(
    open_till, shop, anouk, status, body
):
    open_till.find("Anouk").shows("card")
    with answered_by_another(open_till, status, body) as calls:
        open_till.press("Add 1 stamp").says("+1 stamp", "Anouk Weber")
        expect(open_till.text("#result")).to_have_attribute("data-kind", "noted")
        assert len(calls) < 10  # each time a little later

    open_till.press("Next customer").shows("scan")
    is_sent(open_till)
    becomes(open_till, anouk, (1, 0))


def test_what_another_tab_is_told_for_this_one_is_said_here_and_put_on_no_list(open_till, shop, anouk):
    other = Till(open_till.context).open(shop.store).shows("lock").unlock().shows("scan")
    pol = factories.card(shop.store, name="Pol Schmit")
    other.find("Pol").shows("card")
    with held_calls(other, STAMPS) as held:
        other.text("#stamp-button").click()
        is_asked(other, held)
        open_till.find("Anouk").shows("card")
        with factories.inside(shop):
            cards.deactivate(store=shop.store, card_id=anouk.pk, actor=factories.actor())
        open_till.text("#stamp-button").click()
        expect(open_till.text(".waiting-tag")).to_have_count(2)

    open_till.says("Card deactivated").press("Back to the card")
    expect(open_till.text("#net-text")).to_have_text("Online")
    becomes(other, pol, (1, 0))
