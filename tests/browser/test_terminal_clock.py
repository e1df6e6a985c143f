"""A till whose own clock is wrong, as nobody at a counter sets it: it goes by the server's."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.browser.test_terminal_noted import remembers
from tests.browser.test_terminal_offline import is_sent, no_network
from tests.browser.till import Till, becomes, ledger

WRONG_CLOCK = """{
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...parts) { parts.length ? super(...parts) : super(Right.now() + %(milliseconds)d); }
    static now() { return Right.now() + %(milliseconds)d; }
  };
}"""
AN_ANSWER = timedelta(seconds=10)  # as near as an answer's own date can be


def wrong_by(till: Till, minutes: int) -> Till:
    till.context.add_init_script(WRONG_CLOCK % {"milliseconds": minutes * 60_000})
    till.page.reload()
    return till.is_ready()


@pytest.mark.parametrize("minutes", [-13 * 60, -10, 10, 25 * 60])
def test_what_is_noted_without_a_network_is_booked_at_its_moment(till, shop, anouk, minutes):
    wrong_by(till, minutes).unlock().shows("scan").find("Anouk").shows("card")

    with no_network(till):
        before = timezone.now()
        till.press("Add 1 stamp").says("+1 stamp", "Anouk", "Saved on this device.").press("Next customer")
        made_by = timezone.now()
    is_sent(till)

    becomes(till, anouk, (1, 0))
    (line,) = ledger(shop)
    assert line.recorded_offline
    assert before - AN_ANSWER <= line.transaction_at <= made_by + AN_ANSWER


@pytest.mark.parametrize("minutes", [-25 * 60, 0, 25 * 60])
def test_whoever_is_at_the_till_stays_there_when_it_is_loaded_anew(till, anouk, minutes):
    wrong_by(till, minutes).unlock().shows("scan").scan(anouk.qr_code_data).shows("card")
    remembers(till, 2)  # her number, and her code
    with no_network(till):
        till.page.reload()
        till.is_ready().shows("scan").scan(anouk.qr_code_data).shows("card")
        till.press("Add 1 stamp").says("+1 stamp", "Anouk", "Saved on this device.").press("Next customer")
    is_sent(till)
    becomes(till, anouk, (1, 0))


@pytest.mark.parametrize("minutes", [-25 * 60, 0, 25 * 60])
def test_a_birthday_is_that_of_the_stores_day(till_of, minutes):
    shop = factories.shop()
    today = datetime.now(shop.store.tzinfo)
    factories.card(shop.store, name="Emma Klein", birth_date=today.date().replace(year=1984))
    till = wrong_by(till_of(shop), minutes).shows("scan").find("Emma").shows("card")
    expect(till.text("#card-notes")).to_contain_text("It is their birthday today")
