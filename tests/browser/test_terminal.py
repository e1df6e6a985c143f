"""A day at the till, in a real browser."""

import re

import pytest
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


# --- Points -----------------------------------------------------------------------------------------------


FITS = (
    "figure => figure.scrollWidth <= figure.clientWidth && figure.getBoundingClientRect().right <= innerWidth"
)


def test_points_are_typed_as_an_amount(till_of):
    shop = factories.shop(loyalty_type="points")
    factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop).find("Anouk").shows("card").press("Earn points").shows("amount").type_amount("1240")

    expect(till.text("#amount")).to_have_text("€12.40")
    expect(till.text("#gives")).to_have_text("Gives 124 points")
    till.press("Credit points").says("+124 points", "Points: 124.")

    assert [line.purchase_amount_cents for line in ledger(shop)] == [1240]


@pytest.mark.parametrize(
    ("currency", "typed", "amount", "rate", "points"),
    [
        ("JPY", "1200", "JP¥1,200", "JP¥1 = 10 points", "12,000 points"),
        ("KWD", "1240", "KWD 1.240", "KWD 1.000 = 10 points", "12 points"),
        ("HUF", "999990000", "HUF 9,999,900.00", "HUF 1.00 = 10 points", "99,999,000 points"),
    ],
)
def test_a_purchase_a_reward_and_a_return_are_in_the_currencys_own_minor_unit(
    till_of, currency, typed, amount, rate, points
):
    shop = factories.shop(currency=currency, loyalty_type="points", rewards=(("Croissant", 10),))
    card = factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop)
    till.page.set_viewport_size({"width": 320, "height": 568})
    till.find("Anouk").shows("card")
    expect(till.text("#earn-rate")).to_have_text(rate)
    till.press("Earn points").shows("amount").type_amount(typed)
    expect(till.text("#amount")).to_have_text(amount)
    assert till.text("#amount").evaluate(FITS)
    expect(till.text("#gives")).to_have_text(f"Gives {points}")
    till.press("Credit points").says(f"+{points}").press("Next customer").shows("scan")
    assert ledger(shop)[-1].purchase_amount_cents == int(typed)

    till.find("Anouk").shows("card").press("Redeem").press("Croissant").says("Redeemed: Croissant")
    till.press("Next customer").shows("scan").find("Anouk").shows("card").press("Return").shows("return")
    expect(till.text("#purchases")).to_contain_text(amount)
    till.page.locator("#purchases button").click()
    expect(till.text("#return-amount")).to_have_text(amount)
    assert till.text("#return-amount").evaluate(FITS)
    expect(till.text("#return-says")).to_have_text(
        f"Takes back {points}. Spent already, so owed then: 10 points."
    )
    till.press("Confirm the return").says("Returned", f"{points} taken back, 10 of them are owed")
    owing = factories.fresh(card)
    assert (owing.points_balance, owing.points_owed) == (0, 10)


def test_the_keypad_takes_no_more_than_the_largest_purchase_of_the_program(till_of):
    shop = factories.shop(maximum_purchase_cents=2_500_000)
    factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop).find("Anouk").shows("card").press("Earn points").shows("amount")
    till.type_amount("25000009")
    expect(till.text("#amount")).to_have_text("€25,000.00")


def test_a_receipt_number_is_asked_for_where_the_shop_wants_one(till_of):
    shop = factories.shop(settings={"require_order_reference": True})
    factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop).find("Anouk").shows("card").tap_amount("500").press("€5.00").shows("amount")
    expect(till.text("#amount")).to_have_text("€5.00")
    expect(till.page.get_by_role("button", name="Credit points")).to_be_disabled()

    till.page.get_by_role("textbox", name="Receipt number").fill("R-17")
    till.press("Credit points").says("+1 stamp, +50 points")

    assert [line.order_reference for line in ledger(shop)] == ["R-17", "R-17"]


def test_rewards_within_reach_can_be_chosen_and_the_others_say_what_is_missing(open_till, shop):
    with factories.inside(shop):
        card = factories.card(shop.store, name="Anouk Weber")
        token = factories.staff_token(shop.store)
        factories.points.earn(
            store=shop.store,
            card_id=card.pk,
            actor=factories.actor(staff_token=token),
            purchase_amount_cents=6000,
        )
    open_till.find("Anouk").shows("card").press("Redeem")
    breakfast = open_till.page.get_by_role("button", name="Breakfast")

    expect(breakfast).to_contain_text("900 points missing")
    expect(breakfast).to_have_attribute("aria-disabled", "true")
    open_till.press("Croissant").says("Redeemed: Croissant", "New balance: 100 points.")

    assert balance(card) == (0, 100)


def test_the_last_transaction_is_voided_after_a_question(open_till, shop, anouk):
    open_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer").shows(
        "scan"
    )
    open_till.find("Anouk").shows("card")
    expect(open_till.text("#void-reason")).to_contain_text("+1 stamp")

    open_till.press("Void last").says("Void this?").press("Leave it").shows("card")
    assert balance(anouk) == (1, 0)
    open_till.press("Void last").says("Void this?").press("Void").says("Voided", "Stamps: 0 of 10.")

    assert balance(anouk) == (0, 0)


def test_a_points_program_shows_no_stamps_and_a_stamps_program_no_points(till_of, context):
    points = factories.shop(loyalty_type="points")
    factories.card(points.store, name="Anouk Weber")
    till = till_of(points).find("Anouk").shows("card")
    for hidden in ("#stamp-button", "#stamps-block", "#stamp-count"):
        expect(till.text(hidden)).to_be_hidden()
    expect(till.text("#earn-button")).to_be_focused()

    stamps = factories.shop(loyalty_type="stamps")
    factories.card(stamps.store, name="Anouk Weber")
    till = till_of(stamps).find("Anouk").shows("card")
    for hidden in ("#earn-button", "#points-balance", "#today-points"):
        expect(till.text(hidden)).to_be_hidden()
