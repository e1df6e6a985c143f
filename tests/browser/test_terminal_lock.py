"""The lock of the till: nothing but a PIN leaves it, and everybody answers for what they did and for nothing else."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Error, Request, Route, expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.till import Till, balance, becomes, ledger

UNLOCK = re.compile(r"/unlock/$")
STAMPS = re.compile(r"/stamps/$")
SEARCH = re.compile(r"/cards/\?search=")

PRESS_EVERYTHING = """() => {
  for (const button of document.querySelectorAll("main > :not([data-screen-name=lock]) button, #net"))
    button.click();
  for (const form of document.querySelectorAll("main form")) form.requestSubmit();
}"""
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
# Eleven minutes went by in a sleep, in which no timer ran; then somebody presses the big button.
WAKE_AND_STAMP = """() => {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 11 * 60_000;
  const button = document.querySelector("#stamp-button");
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  button.click();
}"""


@contextmanager
def held_calls(till: Till, path: re.Pattern[str]) -> Iterator[list[Route]]:
    """Calls to an address arrive, and are answered, only when the block is left."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    till.page.route(path, hold)
    try:
        yield held
    finally:
        till.page.unroute(path)
        for route in held:
            with suppress(Error):  # the terminal has given up waiting by itself, on a slow machine
                route.continue_()
        answers_are_read(till)


def answers_are_read(till: Till) -> None:
    """Whatever was asked before has been answered, for the server is asked again and has answered that."""
    for _ in range(3):
        till.page.evaluate("() => fetch(location.href).then(answer => answer.text()).then(() => null)")


def is_asked(till: Till, held: list[Route]) -> None:
    """Wait until a call has been made."""
    while not held:
        till.page.wait_for_timeout(20)


def asked_of(till: Till, path: str) -> list[str]:
    """The calls to an address from now on."""
    calls: list[str] = []

    def note(request: Request) -> None:
        if path in request.url:
            calls.append(request.method)

    till.page.on("request", note)
    return calls


def settles(till: Till) -> None:
    """Whatever was under way is answered, and has had its time to do harm."""
    answers_are_read(till)
    till.page.clock.run_for(20_000)
    answers_are_read(till)


def lock(till: Till) -> Till:
    till.text("#lock-button").click()
    return till.shows("lock")


def marc_unlocks(till: Till) -> Till:
    till.page.get_by_text("Marc").click()
    return till.unlock("80524613").shows("scan")


def nothing_is_open(till: Till) -> None:
    answers_are_read(till)
    expect(till.text("dialog[open]")).to_have_count(0)


def who(shop: factories.Shop) -> list[tuple[str, str]]:
    """What happened, and under whose PIN."""
    return [(line.transaction_type, line.staff_pin.name) for line in ledger(shop)]


@pytest.fixture
def timed_till(till: Till) -> Till:
    """The terminal with Léa at it, whose clock is the test's."""
    till.page.clock.install()
    till.page.reload()
    return till.is_ready().unlock().shows("scan")


@pytest.fixture
def cooling(shop: factories.Shop, anouk: LoyaltyCard) -> LoyaltyCard:
    """Anouk's card, stamped a moment ago: the next stamp is allowed in 15 minutes."""
    with factories.inside(shop):
        factories.LoyaltyProgram.objects.filter(pk=shop.program.pk).update(cooldown_minutes=15)
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        factories.stamps.give(store=shop.store, card_id=anouk.pk, count=1, actor=actor)
    return anouk


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
    timed_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp")
    timed_till.page.evaluate("document.querySelector('#lock-button').click()")
    timed_till.shows("lock")
    nothing_is_open(timed_till)

    timed_till.page.clock.run_for(60_000)

    timed_till.shows("lock")
    assert who(shop) == [("stamp_earned", "Léa")]


def test_what_is_pressed_behind_the_lock_is_neither_done_nor_kept(till, shop, anouk):
    till.page.clock.install()
    till.page.reload()
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


def test_a_pin_that_is_answered_late_unlocks_nobody_after_another_name_was_tapped(till):
    with held_calls(till, UNLOCK) as held:
        till.unlock("4711")
        is_asked(till, held)
        till.page.get_by_text("Marc").click()
    till.shows("lock").unlock("80524613").shows("scan")

    expect(till.text("#staff-name")).to_have_text("Marc")


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

    lock(open_till).page.locator("#people").get_by_text("Léa").click()
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

    lock(timed_till).page.get_by_text("Léa").click()
    timed_till.unlock("4711").shows("scan").press("New customer").shows("enrol")
    expect(timed_till.text("#enrol-name")).to_have_value("")
