"""The lock of the till: nothing but a PIN leaves it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.locked import (
    PRESS_EVERYTHING,
    UNLOCK,
    answers_are_read,
    asked_of,
    held_calls,
    is_asked,
    lock,
    marc_unlocks,
    nothing_is_open,
    settles,
    who,
)
from tests.browser.till import Till, balance, ledger

# A scanner that types a letter every 15 ms, from before the PIN is answered until after it was.
SCAN_ACROSS_THE_UNLOCKING = """code => {
  let next = 0;
  let left = 12;
  const press = key => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const typing = setInterval(() => {
    press(code[next++ % code.length]);
    if (document.body.dataset.screen === "lock" || left-- > 0) return;
    clearInterval(typing);
    press("Enter");
    document.body.dataset.scanned = "whole";
  }, 15);
}"""
TYPE_AND_LOCK = """() => {
  document.querySelector("#pad-keys [data-key='7']").click();
  document.querySelector("#lock-button").click();
}"""
# In the same tab the till was opened once more and locked there; then the browser's way back shows this page as it was.
COME_BACK_TO_IT = """() => {
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  sessionStorage.clear();
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
}"""
# Eleven minutes went by in a sleep, in which no timer ran; then somebody presses the big button.
WAKE_AND_STAMP = """() => {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 11 * 60_000;
  const button = document.querySelector("#stamp-button");
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  button.click();
}"""


# --- Nothing but a PIN ------------------------------------------------------------------------------------


def test_a_countdown_that_ends_behind_the_lock_opens_nothing(timed_till, shop, cooling):
    timed_till.find("Anouk").shows("card")
    expect(timed_till.text("#stamp-reason")).to_contain_text("Again in 14:")
    lock(timed_till)
    calls = asked_of(timed_till, f"/cards/{cooling.pk}/")

    timed_till.page.clock.run_for(16 * 60_000)
    timed_till.shows("lock")
    timed_till.page.evaluate(PRESS_EVERYTHING)
    timed_till.scan(cooling.qr_code_data).shows("lock")

    marc_unlocks(timed_till)
    nothing_is_open(timed_till)
    settles(timed_till)
    assert calls == []
    assert len(ledger(shop)) == 1
    assert balance(cooling) == (1, 0)


def test_an_amount_that_is_typed_as_the_till_locks_is_asked_about_no_more(timed_till, shop, anouk):
    timed_till.find("Anouk").shows("card")
    calls = asked_of(timed_till, f"/cards/{anouk.pk}/")

    timed_till.page.evaluate(TYPE_AND_LOCK)
    timed_till.shows("lock")
    timed_till.page.evaluate(PRESS_EVERYTHING)
    settles(timed_till)

    assert calls == []
    assert balance(anouk) == (0, 0)


def test_a_countdown_that_ends_before_the_card_looks_again(timed_till, cooling):
    timed_till.find("Anouk").shows("card")

    with timed_till.page.expect_request(re.compile(rf"/cards/{cooling.pk}/$")):
        for _ in range(2):
            timed_till.page.clock.run_for(8 * 60_000)
            timed_till.page.keyboard.press("Shift")
    timed_till.shows("card")


def test_a_countdown_takes_nobody_away_from_a_new_customer(timed_till, shop, cooling):
    timed_till.find("Anouk").shows("card").press("Done").shows("scan").press("New customer").shows("enrol")
    name = timed_till.page.get_by_label(re.compile("^Name"))
    name.fill("Jules Reding")

    for _ in range(2):
        timed_till.page.clock.run_for(8 * 60_000)
        timed_till.page.keyboard.press("Shift")

    timed_till.shows("enrol")
    expect(name).to_have_value("Jules Reding")
    assert len(ledger(shop)) == 1


def test_a_result_that_would_leave_by_itself_dies_with_the_lock(timed_till, shop, anouk):
    timed_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp", stays=False)
    timed_till.page.evaluate("document.querySelector('#lock-button').click()")
    timed_till.shows("lock")
    nothing_is_open(timed_till)

    timed_till.page.clock.run_for(60_000)

    timed_till.shows("lock")
    assert who(shop) == [("stamp_earned", "Léa")]


def test_what_is_pressed_behind_the_lock_is_neither_done_nor_kept(till, shop, anouk):
    till.keep_time().page.reload()
    till.is_ready().shows("lock")

    till.page.evaluate(PRESS_EVERYTHING)
    till.scan(anouk.qr_code_data).scan(anouk.display_number)
    nothing_is_open(till)
    for hidden in ("#net", "section.scan", "section.card", "section.amount", "section.enrol", "aside"):
        assert till.text(hidden).evaluate("part => part.inert"), hidden

    till.shows("lock").unlock("4711").shows("scan")
    for shown in ("#net", "section.scan", "aside"):
        assert not till.text(shown).evaluate("part => part.inert"), shown
    settles(till)
    expect(till.text("#net-text")).to_have_text("Online")
    nothing_is_open(till)
    assert ledger(shop) == []


def test_a_scan_that_begins_behind_the_lock_is_none_after_it(till, shop, anouk):
    calls = asked_of(till, "/cards/lookup/")
    with held_calls(till, UNLOCK) as held:
        till.unlock("4711")
        is_asked(till, held)
        till.page.evaluate(SCAN_ACROSS_THE_UNLOCKING, anouk.qr_code_data)

    till.shows("scan")
    expect(till.text("body")).to_have_attribute("data-scanned", "whole")
    assert calls == []
    till.scan(anouk.qr_code_data).shows("card")


def test_the_first_touch_after_a_long_sleep_only_locks(timed_till, shop, anouk):
    timed_till.find("Anouk").shows("card")
    timed_till.page.evaluate(WAKE_AND_STAMP)

    timed_till.shows("lock")
    nothing_is_open(timed_till)
    settles(timed_till)
    assert ledger(shop) == []


def test_a_page_that_the_way_back_shows_as_it_was_is_locked_if_the_till_was_meanwhile(open_till, anouk):
    open_till.find("Anouk").shows("card")
    open_till.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    open_till.shows("card")

    open_till.page.evaluate(COME_BACK_TO_IT)

    open_till.shows("lock")


def test_a_pin_that_is_answered_late_unlocks_nobody_after_another_name_was_tapped(till):
    with held_calls(till, UNLOCK) as held:
        till.unlock("4711")
        is_asked(till, held)
        till.page.locator("#people").get_by_text("Marc", exact=True).click()
    till.shows("lock").unlock("80524613").shows("scan")

    expect(till.text("#staff-name")).to_have_text("Marc")


# --- A new customer ---------------------------------------------------------------------------------------


def type_jules(till: Till) -> Till:
    till.press("New customer").shows("enrol")
    till.page.get_by_label(re.compile("^Name")).fill("Jules Reding")
    till.page.get_by_label(re.compile("^Phone")).fill("621 123 456")
    till.page.locator("#enrol-birth-date").fill("1990-05-17")
    till.page.locator("#enrol-language").select_option("lb")
    till.page.locator("#enrol-consent").check()
    return till


def by_idling(till: Till) -> Till:
    till.page.clock.run_for(10 * 60_000 + 6_000)
    return till.shows("lock")


@pytest.mark.parametrize("leave", [lock, by_idling])
def test_what_was_typed_comes_back_to_whoever_typed_it(timed_till, leave: Callable[[Till], Till]):
    leave(type_jules(timed_till))
    expect(timed_till.page.locator("#enrol-name")).to_have_value("")
    timed_till.unlock("4711").shows("enrol")

    for field, value in (
        ("#enrol-name", "Jules Reding"),
        ("#enrol-email", ""),
        ("#enrol-phone", "621 123 456"),
        ("#enrol-birth-date", "1990-05-17"),
        ("#enrol-language", "lb"),
    ):
        expect(timed_till.text(field)).to_have_value(value)
    expect(timed_till.text("#enrol-consent")).to_be_checked()


@pytest.mark.parametrize("leave", [lock, by_idling])
def test_what_was_typed_is_gone_for_another_person_and_for_good(timed_till, leave: Callable[[Till], Till]):
    leave(type_jules(timed_till))

    marc_unlocks(timed_till).press("New customer").shows("enrol")
    expect(timed_till.text("#enrol-name")).to_have_value("")
    expect(timed_till.text("#enrol-phone")).to_have_value("")

    lock(timed_till).page.locator("#people").get_by_text("Léa", exact=True).click()
    timed_till.unlock("4711").shows("scan").press("New customer").shows("enrol")
    expect(timed_till.text("#enrol-name")).to_have_value("")


def test_a_form_whose_part_has_not_come_leads_nowhere(till, shop):
    till.page.route(re.compile(r"/(enrol-screen|return-screen)[^/]*\.js"), lambda route: route.abort())
    till.open(shop.store)
    till.page.evaluate("window.isTheSamePage = true")

    till.page.evaluate(PRESS_EVERYTHING)
    answers_are_read(till)

    assert till.page.evaluate("window.isTheSamePage") is True
    till.shows("lock")
