"""Points at the till: amounts, receipts, rewards, and the last transaction voided."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.till import balance, ledger

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
