"""Everybody at a till answers for what they did and for nothing else, however late it is answered."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.locked import (
    PRESS_EVERYTHING,
    SEARCH,
    STAMPS,
    held_calls,
    is_asked,
    lock,
    marc_unlocks,
    nothing_is_open,
    settles,
    who,
)
from tests.browser.till import balance, becomes, ledger

# --- Late answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_someone_in", [False, True])
def test_a_card_that_is_found_too_late_is_shown_to_nobody(open_till, shop, anouk, is_someone_in):
    with held_calls(open_till, SEARCH) as held:
        open_till.find("Anouk")
        is_asked(open_till, held)
        lock(open_till)
        if is_someone_in:
            marc_unlocks(open_till)

    open_till.shows("scan" if is_someone_in else "lock")
    nothing_is_open(open_till)
    assert ledger(shop) == []


def test_a_search_does_not_keep_the_next_person_waiting(open_till, shop, anouk):
    with held_calls(open_till, SEARCH) as held:
        open_till.find("Anouk")
        is_asked(open_till, held)
        marc_unlocks(lock(open_till))
        open_till.scan(anouk.qr_code_data).shows("card")

    open_till.shows("card")
    assert len(held) == 1


def test_a_card_that_is_found_after_new_customer_was_pressed_takes_nothing_away(open_till, anouk):
    with held_calls(open_till, SEARCH) as held:
        open_till.find("Anouk")
        is_asked(open_till, held)
        open_till.press("New customer").shows("enrol")
        open_till.page.get_by_label(re.compile("^Name")).fill("Jules Reding")

    open_till.shows("enrol")
    expect(open_till.page.get_by_label(re.compile("^Name"))).to_have_value("Jules Reding")


@pytest.mark.parametrize("is_someone_in", [False, True])
def test_a_stamp_that_is_answered_late_is_its_makers_and_shown_to_nobody_else(
    timed_till, shop, anouk, is_someone_in
):
    timed_till.find("Anouk").shows("card")
    with held_calls(timed_till, STAMPS) as held:
        timed_till.press("Add 1 stamp")
        is_asked(timed_till, held)
        lock(timed_till)
        if is_someone_in:
            marc_unlocks(timed_till)
        timed_till.page.clock.run_for(3_000)
        nothing_is_open(timed_till)
    becomes(timed_till, anouk, (1, 0))

    settles(timed_till)
    timed_till.shows("scan" if is_someone_in else "lock")
    nothing_is_open(timed_till)
    assert who(shop) == [("stamp_earned", "Léa")]


def test_while_a_stamp_is_under_way_one_step_back_waits_for_it(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    with held_calls(open_till, STAMPS) as held:
        open_till.press("Add 1 stamp")
        is_asked(open_till, held)
        open_till.page.keyboard.press("Escape")
        open_till.shows("card")
    open_till.says("+1 stamp").press("Next customer").shows("scan")

    assert who(shop) == [("stamp_earned", "Léa")]


def test_an_answer_about_one_card_is_not_drawn_on_another(open_till, shop, anouk):
    pol = factories.card(shop.store, name="Pol Schmit")
    open_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
    with held_calls(open_till, re.compile(rf"/cards/{anouk.pk}/transactions/")) as held:
        open_till.shows("scan").find("Anouk").shows("card")
        is_asked(open_till, held)
        open_till.scan(pol.qr_code_data)
        expect(open_till.text("#customer-name")).to_have_text("Pol Schmit")

    expect(open_till.text("#customer-name")).to_have_text("Pol Schmit")
    expect(open_till.text("#void-reason")).not_to_contain_text("+1 stamp")
    assert balance(pol) == (0, 0)


# --- Whose it is ------------------------------------------------------------------------------------------


def change_pin_of_lea(shop: factories.Shop) -> None:
    with factories.inside(shop):
        pin = factories.StaffPin.objects.get(store=shop.store, name="Léa")
        factories.pins.change(store=shop.store, actor=factories.actor(), pin_id=pin.pk, pin="1379")


def test_what_somebody_has_pending_is_never_booked_under_the_next_pin(open_till, shop, anouk):
    pol = factories.card(shop.store, name="Pol Schmit")
    open_till.find("Anouk").shows("card")
    change_pin_of_lea(shop)
    open_till.press("Add 1 stamp").shows("lock")

    marc_unlocks(open_till)
    open_till.find("Pol").shows("card").press("Add 1 stamp").says("+1 stamp", "Pol Schmit")
    open_till.press("Next customer").shows("scan")
    assert who(shop) == [("stamp_earned", "Marc")]
    assert (balance(anouk), balance(pol)) == ((0, 0), (1, 0))

    lock(open_till).page.locator("#people").get_by_text("Léa", exact=True).click()
    open_till.unlock("1379").shows("scan")
    becomes(open_till, anouk, (1, 0))
    assert who(shop) == [("stamp_earned", "Marc"), ("stamp_earned", "Léa")]


def test_what_was_saved_offline_keeps_its_maker_whoever_is_there_when_it_is_sent(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    with held_calls(open_till, STAMPS):
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.").press("Next customer")
        marc_unlocks(lock(open_till))
    becomes(open_till, anouk, (1, 0))

    open_till.shows("scan")
    assert who(shop) == [("stamp_earned", "Léa")]


def test_the_list_of_what_waits_stays_shut_behind_the_lock(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    with held_calls(open_till, STAMPS):
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.").press("Next customer")
        lock(open_till)
        open_till.page.evaluate(PRESS_EVERYTHING)
        nothing_is_open(open_till)
    becomes(open_till, anouk, (1, 0))
    assert who(shop) == [("stamp_earned", "Léa")]
