"""A day at the till, in a real browser."""

import re

from playwright.sync_api import expect

from tests import factories
from tests.browser.till import Till, balance, ledger

# --- Who is at the till -----------------------------------------------------------------------------------


def test_staff_tap_their_name_and_type_their_pin(till):
    till.shows("lock").unlock("4711").shows("scan")

    expect(till.text("#staff-name")).to_have_text("Léa")


def test_another_person_takes_over_in_two_taps_and_a_pin(open_till):
    open_till.press("Léa").shows("lock")
    open_till.page.locator("#people").get_by_text("Marc", exact=True).click()
    open_till.unlock("80524613").shows("scan")

    expect(open_till.text("#staff-name")).to_have_text("Marc")


def test_a_wrong_pin_says_how_many_attempts_are_left_and_the_fifth_locks(till):
    for left in (
        "4 attempts left",
        "3 attempts left",
        "2 attempts left",
        "1 attempt left",
        "0 attempts left",
    ):
        till.unlock("9999")
        expect(till.text("#pin-error")).to_contain_text(left)

    till.unlock("4711")

    expect(till.text("#pin-error")).to_contain_text("locked until")
    expect(till.page.locator("#people").get_by_text("Léa", exact=True).locator("xpath=..")).to_contain_text(
        "locked"
    )
    till.shows("lock")


def test_the_till_locks_itself_when_nobody_touches_it_for_ten_minutes(open_till, anouk):
    open_till.keep_time()
    open_till.page.reload()
    open_till.is_ready().shows("scan").find("Anouk").shows("card")

    open_till.page.clock.run_for(9 * 60_000)
    open_till.shows("card")
    open_till.page.clock.run_for(61_000)

    open_till.shows("lock")


def test_a_reload_keeps_the_person_but_not_the_next_day(open_till):
    open_till.page.reload()

    open_till.is_ready().shows("scan")
    expect(open_till.text("#staff-name")).to_have_text("Léa")


def test_a_program_without_pins_has_no_lock_screen(till_of):
    till = till_of(factories.shop(require_staff_pin=False))

    expect(till.text("#lock-button")).to_be_hidden()


def test_a_changed_pin_asks_again_and_then_finishes_what_was_begun(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    with factories.inside(shop):
        pin = factories.StaffPin.objects.get(store=shop.store, name="Léa")
        factories.pins.change(store=shop.store, actor=factories.actor(), pin_id=pin.pk, pin="1379")

    open_till.press("Add 1 stamp").shows("lock")
    expect(open_till.text("#pin-error")).to_have_text(
        "Type your PIN: what you did is kept and will be booked."
    )
    assert balance(anouk) == (0, 0)
    open_till.unlock("1379").says("+1 stamp")

    assert balance(anouk) == (1, 0)


def test_whoever_was_signed_out_meanwhile_is_sent_to_sign_in_and_comes_back(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    open_till.context.clear_cookies(name="sessionid")

    open_till.press("Add 1 stamp").says("Signed out", note="1 action is kept on this device")
    open_till.press("Sign in")
    expect(open_till.page.get_by_role("heading", name="Sign in to the terminal")).to_be_visible()
    open_till.page.get_by_label(re.compile("^E-mail")).fill(shop.staff.email)
    open_till.page.get_by_label(re.compile("^Password")).fill(factories.PASSWORD)
    open_till.press("Sign in")

    # The PIN was typed in a sign-in that is over: it is asked for again, and then what was kept is booked.
    open_till.is_ready().shows("lock").unlock()
    expect(open_till.text("#log")).to_contain_text("Anouk Weber")
    expect(open_till.text("#net-text")).to_have_text("Online")
    assert balance(anouk) == (1, 0)


# --- Stamps -----------------------------------------------------------------------------------------------


def test_a_stamp_fills_the_screen_and_goes_away_by_itself(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    expect(open_till.text("#goal-line")).to_have_text("10 more stamps for: a coffee")

    open_till.press("Add 1 stamp").says("+1 stamp", "Anouk Weber now has 1 of 10.", stays=False)
    open_till.shows("scan")

    (line,) = ledger(shop)
    assert (line.transaction_type, line.stamps_delta, line.staff_pin.name) == ("stamp_earned", 1, "Léa")
    assert line.recorded_offline is False
    expect(open_till.text("#today-stamps")).to_have_text("1")
    expect(open_till.text("#log li").first).to_contain_text("Anouk Weber")


def test_two_quick_taps_are_one_stamp(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    open_till.text("#stamp-button").dblclick()

    open_till.says("+1 stamp")
    assert balance(anouk) == (1, 0)


def test_undo_on_the_result_takes_the_stamp_back(open_till, shop, anouk):
    open_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Undo").shows("card")

    expect(open_till.text("#stamp-count")).to_have_text("0")
    expect(open_till.text("#announcement")).to_have_text("Undone")
    assert [line.transaction_type for line in ledger(shop)] == ["stamp_earned", "stamp_voided"]


def test_a_card_that_was_just_stamped_says_when_again(till_of):
    shop = factories.shop(cooldown_minutes=15)
    factories.card(shop.store, name="Anouk Weber", stamps=1)
    till = till_of(shop).find("Anouk").shows("card")

    expect(till.text("#stamp-button")).to_have_attribute("aria-disabled", "true")
    expect(till.text("#stamp-reason")).to_contain_text("Stamped a moment ago. Again in 14:")
    till.text("#stamp-button").click(force=True)
    assert len(ledger(shop)) == 1


def test_only_managers_choose_how_many(context, open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    expect(open_till.text("#quantity")).to_be_hidden()

    manager = (
        Till(context)
        .sign_in(shop.manager)
        .open(shop.store)
        .unlock()
        .shows("scan")
        .find("Anouk")
        .shows("card")
    )
    manager.press("More").press("More").press("Add 3 stamps").says("+3 stamps", "now has 3 of 10")

    assert balance(anouk) == (3, 0)


def test_a_full_card_is_redeemed_from_the_sheet(open_till, shop):
    card = factories.card(shop.store, name="Anouk Weber", stamps=0)
    with factories.inside(shop):
        factories.stamps.give(
            store=shop.store,
            card_id=card.pk,
            count=10,
            actor=factories.actor(staff_token=factories.staff_token(shop.store)),
        )
    open_till.find("Anouk").shows("card")
    expect(open_till.text("#goal-line")).to_have_text("Card full: a coffee")

    open_till.press("Redeem")
    open_till.press("a coffee").says("Redeemed: a coffee", "now has 0 of 10")

    assert balance(card) == (0, 0)
