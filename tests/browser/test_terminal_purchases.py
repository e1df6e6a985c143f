"""One receipt at the till: points and a stamp in one tap, what was not given and why, offline, and undone."""

import pytest
from playwright.sync_api import expect

from loyalty.models import LoyaltyCard, Purchase
from loyalty.services import returns
from tests import factories
from tests.browser.test_terminal_offline import is_sent, lost_answers, no_network
from tests.browser.till import Till, balance, ledger


def at_amount(till: Till, digits: str) -> Till:
    return till.find("Anouk").shows("card").press("Earn points").shows("amount").type_amount(digits)


def receipts(of: factories.Shop) -> list[tuple[str, int]]:
    with factories.inside(of):
        return list(Purchase.objects.order_by("pk").values_list("order_reference", "amount_cents"))


def owing(shop: factories.Shop, card: LoyaltyCard, points: int) -> None:
    """Bought for what is a croissant's worth, eaten, and some of it brought back."""
    with factories.inside(shop):
        actor = factories.actor("owner", staff_token=factories.staff_token(shop.store))
        bought = factories.points.earn(
            store=shop.store, card_id=card.pk, purchase_amount_cents=5000, actor=actor, order_reference="R-1"
        )
        reward = shop.program.rewards.get(name="Croissant")
        factories.points.redeem(store=shop.store, card_id=card.pk, reward_id=reward.pk, actor=actor)
        returns.give_back(
            store=shop.store,
            purchase_id=bought.transaction.purchase_id,
            actor=actor,
            reason="too small",
            amount_cents=points * 10,
        )


def test_a_purchase_is_points_and_a_stamp_in_one_tap(open_till, shop, anouk):
    at_amount(open_till, "1240")
    expect(open_till.text("#gives")).to_have_text("Gives 124 points and 1 stamp")
    open_till.page.get_by_label("Receipt number (optional)").fill("R-17")

    open_till.press("Credit points").says(
        "+1 stamp, +124 points", "Stamps: 1 of 10. Points: 124.", stays=False
    )
    open_till.shows("scan")

    assert [(line.transaction_type, line.staff_pin.name) for line in ledger(shop)] == [
        ("points_earned", "Léa"),
        ("stamp_earned", "Léa"),
    ]
    assert receipts(shop) == [("R-17", 1240)]


def test_two_quick_taps_are_one_purchase(open_till, shop, anouk):
    at_amount(open_till, "1240")

    open_till.text("#credit-button").dblclick()

    open_till.says("+1 stamp, +124 points")
    assert (balance(anouk), len(receipts(shop))) == ((1, 124), 1)


def test_why_there_is_no_stamp_is_said_beside_the_points(open_till, shop, cooling):
    at_amount(open_till, "500")
    expect(open_till.text("#gives")).to_have_text("Gives 50 points · No stamp: again in 15 mins.")

    open_till.press("Credit points").says(
        "+50 points", "Stamps: 1 of 10. Points: 50.", "No stamp: again in 15 mins."
    )

    assert balance(cooling) == (1, 50)


def test_too_small_a_purchase_gives_its_stamp_and_says_why_there_are_no_points(till_of):
    shop = factories.shop(minimum_purchase_cents=500)
    card = factories.card(shop.store, name="Anouk Weber")
    till = at_amount(till_of(shop), "200")
    expect(till.text("#gives")).to_have_text("Points from €5.00")

    till.press("Credit points").says("+1 stamp", "Stamps: 1 of 10.", "No points: only from €5.00.")

    assert balance(card) == (1, 0)


def test_a_purchase_that_gives_nothing_stays_until_somebody_has_seen_it(till_of):
    shop = factories.shop(minimum_purchase_cents=500, max_daily_stamps=1)
    card = factories.card(shop.store, name="Anouk Weber", stamps=1)

    at_amount(till_of(shop), "200").press("Credit points").says(
        "Recorded, nothing earned", note="No points: only from €5.00. No stamp: all of today’s are given."
    ).press("Next customer").shows("scan")

    assert (balance(card), receipts(shop)) == ((1, 0), [("", 200)])


def test_the_purchase_that_fills_the_card_says_so(open_till, shop):
    card = factories.card(shop.store, name="Anouk Weber")
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        factories.stamps.give(store=shop.store, card_id=card.pk, count=9, actor=actor)

    at_amount(open_till, "100").press("Credit points").says(
        "+1 stamp, +10 points", "Anouk Weber has a full card: a coffee."
    )


def test_what_of_it_settles_a_return_is_said(open_till, shop, anouk):
    owing(shop, anouk, 200)

    at_amount(open_till, "3000")
    expect(open_till.text("#gives")).to_contain_text("Gives 300 points and 1 stamp · 200 points of it settle")
    open_till.press("Credit points").says(
        "+1 stamp, +300 points", "Points: 100.", "200 points of it settle a return."
    )

    assert balance(anouk) == (1, 100)


def test_a_purchase_without_a_network_is_sent_later_once(open_till, shop, anouk):
    open_till.find("Anouk").shows("card").press("Earn points").shows("amount")

    with no_network(open_till):
        open_till.type_amount("1240")
        expect(open_till.text("#gives")).to_have_text("Gives 124 points")
        open_till.press("Credit points").says("€12.40", "Anouk Weber", "Saved on this device.")
        open_till.press("Next customer")
        expect(open_till.text("#net-text")).to_have_text("Offline · 1 waiting")
        assert balance(anouk) == (0, 0)
    is_sent(open_till)

    assert (balance(anouk), receipts(shop)) == ((1, 124), [("", 1240)])
    assert [(line.staff_pin.name, line.recorded_offline) for line in ledger(shop)] == [("Léa", True)] * 2


def test_a_purchase_whose_answer_is_lost_is_one_purchase(open_till, shop, anouk):
    at_amount(open_till, "1240")

    with lost_answers(open_till, "**/cards/*/purchases/") as keys:
        open_till.press("Credit points").says("€12.40", note="Saved on this device.").press("Next customer")
    is_sent(open_till)

    assert len(set(keys)) == 1
    assert (balance(anouk), receipts(shop)) == ((1, 124), [("", 1240)])


def test_undo_takes_back_the_points_and_the_stamp(open_till, shop, anouk):
    at_amount(open_till, "1240").press("Credit points").says("+1 stamp, +124 points").press("Undo")

    open_till.shows("card")
    expect(open_till.text("#announcement")).to_have_text("Undone")
    expect(open_till.text("#stamp-count")).to_have_text("0")
    expect(open_till.text("#points-balance")).to_have_text("0")
    kinds = [line.transaction_type for line in ledger(shop)]
    assert kinds == ["points_earned", "stamp_earned", "points_voided", "stamp_voided"]
    with factories.inside(shop):
        assert Purchase.objects.get().is_open is False


def test_undoing_a_purchase_that_may_have_arrived_leaves_nothing_on_the_card(open_till, shop, anouk):
    at_amount(open_till, "1240")

    with lost_answers(open_till, "**/cards/*/purchases/"):
        open_till.press("Credit points").says("€12.40", note="Saved").press("Undo").shows("card")
        expect(open_till.text("#announcement")).to_contain_text("If it had arrived already")
    expect(open_till.text("#log li").first).to_contain_text("stamps undone", timeout=20_000)

    kinds = [line.transaction_type for line in ledger(shop)]
    assert kinds == ["points_earned", "stamp_earned", "points_voided", "stamp_voided"]
    assert balance(anouk) == (0, 0)


@pytest.mark.parametrize("loyalty_type", ["hybrid", "stamps"])
def test_a_stamp_without_a_purchase_stays_a_stamp(till_of, loyalty_type):
    shop = factories.shop(loyalty_type=loyalty_type)
    factories.card(shop.store, name="Anouk Weber")

    till_of(shop).find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp", "now has 1 of 10")

    assert receipts(shop) == []


def test_what_a_result_covers_is_not_booked_once_more_by_the_keyboard(open_till, shop, anouk):
    at_amount(open_till, "1240").press("Credit points").says("+1 stamp, +124 points")
    open_till.text("#result-title").click()  # so that no button has the focus

    for key in ("9", "Enter"):
        open_till.page.keyboard.press(key)

    expect(open_till.text("#amount")).to_have_text("€12.40")
    open_till.press("Next customer").shows("scan")
    assert receipts(shop) == [("", 1240)]
