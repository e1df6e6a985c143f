"""Something is brought back at the till: found by its receipt, with what it takes back and what is owed then."""

import pytest
from playwright.sync_api import expect

from loyalty.models import LoyaltyCard, Purchase
from loyalty.services import purchases, returns
from tests import factories
from tests.browser.measure import findings, sideways, too_small
from tests.browser.test_terminal_offline import no_network
from tests.browser.till import Till, ledger

MOST_TAPS = 5


@pytest.fixture
def croissant(shop: factories.Shop, anouk: LoyaltyCard) -> LoyaltyCard:
    """Anouk bought for 60.00, 600 points, and ate 500 of them."""
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        where = {"store": shop.store, "card_id": anouk.pk, "actor": actor}
        purchases.record(**where, purchase_amount_cents=6000, order_reference="R-1")
        reward = shop.program.rewards.get(name="Croissant")
        factories.points.redeem(**where, reward_id=reward.pk)
    return anouk


def stands(card: LoyaltyCard) -> tuple[int, int, int]:
    """Stamps, points, and points owed."""
    row = factories.fresh(card)
    return row.stamp_count, row.points_balance, row.points_owed


def test_a_return_from_the_card_takes_three_taps_and_says_what_is_owed(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").count_taps()

    open_till.press("Return").shows("return").press("R-1")
    expect(open_till.text("#return-amount")).to_have_text("€60.00")
    expect(open_till.text("#return-says")).to_have_text(
        "Takes back 600 points and 1 stamp. Spent already, so owed then: 500 points."
    )
    assert stands(croissant) == (1, 100, 0)
    open_till.press("Confirm the return").says(
        "Returned", "600 points and 1 stamp taken back, 500 of them are owed", "Stamps: 0 of 10. Points: 0."
    )

    assert open_till.taps == 3 <= MOST_TAPS
    assert stands(croissant) == (0, 0, 500)
    assert [(line.transaction_type, line.notes, line.staff_pin.name) for line in ledger(shop)][-2:] == [
        ("points_returned", "Brought back", "Léa"),
        ("stamps_returned", "Brought back", "Léa"),
    ]


def test_a_return_by_its_receipt_alone_takes_three_taps(open_till, shop, croissant):
    open_till.count_taps().press("Return").shows("return")
    open_till.page.get_by_role("textbox", name="Receipt number").fill("r 1")
    open_till.press("Find")
    expect(open_till.text("#return-of")).to_have_text("R-1, Anouk Weber")
    expect(open_till.text("#return-says")).to_contain_text("Takes back 600 points and 1 stamp.")
    open_till.press("Confirm the return").says("Returned").press("Next customer").shows("scan")

    assert open_till.taps == 4 <= MOST_TAPS  # with the one for the next customer
    assert stands(croissant) == (0, 0, 500)


def test_a_receipt_is_scanned_where_one_is_looked_for(open_till, shop, anouk):
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        purchases.record(
            store=shop.store,
            card_id=anouk.pk,
            actor=actor,
            purchase_amount_cents=500,
            order_reference="20261127",
        )

    open_till.press("Return").shows("return").scan("20261127")

    expect(open_till.text("#return-of")).to_have_text("20261127, Anouk Weber")


def test_of_a_part_only_its_points_go_back(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").press("Return").shows("return").press("R-1")
    for digit in "500":
        open_till.page.locator("#return-keys").get_by_role("button", name=digit, exact=True).click()
    expect(open_till.text("#return-amount")).to_have_text("€5.00")
    expect(open_till.text("#return-says")).to_have_text("Takes back 50 points.")

    open_till.page.get_by_role("textbox", name="Reason").fill("one too many")
    open_till.press("Confirm the return").says("Returned", "50 points taken back", "Points: 50.")

    assert stands(croissant) == (1, 50, 0)
    assert ledger(shop)[-1].notes == "one too many"
    open_till.press("Next customer").shows("scan").find("Anouk").shows("card").press("Return")
    expect(open_till.text("#purchases")).to_contain_text("€5.00 brought back")


def test_more_than_was_bought_is_refused_before_it_is_sent(open_till, shop, croissant):
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        bought = Purchase.objects.get()
        returns.give_back(
            store=shop.store, purchase_id=bought.pk, actor=actor, reason="too small", amount_cents=1000
        )
    before = len(ledger(shop))
    open_till.find("Anouk").shows("card").press("Return").shows("return").press("R-1")
    expect(open_till.text("#return-amount")).to_have_text("€50.00")

    for digit in "6000":
        open_till.page.locator("#return-keys").get_by_role("button", name=digit, exact=True).click()

    expect(open_till.text("#return-says")).to_have_text("This is more than is left of this purchase.")
    expect(open_till.text("#return-confirm")).to_be_disabled()
    assert len(ledger(shop)) == before


def test_what_cannot_be_returned_here_says_why(open_till, shop, croissant):
    with factories.inside(shop):
        elsewhere = factories.actor(staff_token=factories.staff_token(shop.other_store))
        purchases.record(
            store=shop.other_store,
            card_id=croissant.pk,
            actor=elsewhere,
            purchase_amount_cents=500,
            order_reference="E-2",
        )

    open_till.find("Anouk").shows("card").press("Return").shows("return")
    expect(open_till.text("#purchases li").first).to_contain_text(shop.other_store.name)
    open_till.press("E-2")

    expect(open_till.text("#return-says")).to_contain_text("store")
    expect(open_till.text("#return-confirm")).to_be_disabled()
    assert stands(croissant) == (2, 150, 0)


def test_an_unknown_receipt_is_said_to_be_none(open_till, shop, croissant):
    open_till.press("Return").shows("return")
    open_till.page.get_by_role("textbox", name="Receipt number").fill("R-2")
    open_till.press("Find")

    expect(open_till.text("#receipt-says")).to_have_text("There is no receipt with this number.")


def test_a_return_needs_the_network(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").press("Return").shows("return")

    with no_network(open_till):
        open_till.press("R-1")
        expect(open_till.text("#return-says")).to_have_text("Needs the network")
        expect(open_till.text("#return-confirm")).to_be_disabled()

    assert stands(croissant) == (1, 100, 0)


def test_a_mistaken_return_is_undone_with_all_its_lines(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").press("Return").shows("return").press("R-1")
    open_till.press("Confirm the return").says("Returned").press("Undo").shows("card")

    expect(open_till.text("#announcement")).to_have_text("Undone")
    assert stands(croissant) == (1, 100, 0)


def test_escape_leads_from_the_amount_to_the_receipts_to_the_card(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").press("Return").shows("return").press("R-1")
    keys = open_till.page.keyboard

    expect(open_till.text("#return-form")).to_be_visible()
    keys.press("Escape")
    expect(open_till.text("#receipt-form")).to_be_visible()
    keys.press("Escape")
    open_till.shows("card")


def test_nothing_of_a_customer_stays_on_the_return_screen(open_till, shop, croissant):
    open_till.find("Anouk").shows("card").press("Return").shows("return").press("R-1")
    expect(open_till.text("#return-says")).to_contain_text("Takes back")

    open_till.press("Léa").shows("lock")
    open_till.unlock().shows("scan").press("Return").shows("return")

    expect(open_till.text("#purchases li")).to_have_count(0)


# --- What is owed -----------------------------------------------------------------------------------------


def bring_back(shop: factories.Shop) -> None:
    with factories.inside(shop):
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        bought = Purchase.objects.get()
        returns.give_back(
            store=shop.store, purchase_id=bought.pk, actor=actor, reason="too small", amount_cents=3000
        )


def test_the_card_says_what_is_owed_and_from_which_return(open_till, shop, croissant):
    bring_back(shop)

    open_till.find("Anouk").shows("card")

    expect(open_till.text("#card-notes")).to_contain_text("200 points are owed: receipt R-1, ")
    expect(open_till.text("#forgive-button")).to_be_hidden()


def test_a_manager_lets_it_go_and_says_why(context, shop, croissant):
    bring_back(shop)
    till = Till(context).sign_in(shop.manager).open(shop.store).unlock().shows("scan")
    till.find("Anouk").shows("card").press("Let it go")
    expect(till.page.get_by_role("dialog", name="Let it go")).to_contain_text("200 points are owed")
    till.press("Close")
    assert stands(croissant) == (1, 0, 200)

    till.press("Let it go")
    till.page.get_by_role("textbox", name="Reason").fill("a regular")
    till.press("Let it go").says("Let go: 200 points", "Stamps: 1 of 10. Points: 0.").press(
        "Back to the card"
    )

    till.shows("card")
    expect(till.text("#forgive-button")).to_be_hidden()
    expect(till.text("#card-notes")).not_to_contain_text("owed")
    assert stands(croissant) == (1, 0, 0)
    line = ledger(shop)[-1]
    assert (line.transaction_type, line.notes, line.staff_pin.name) == ("debt_forgiven", "a regular", "Léa")


# --- For everybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (820, 1180), (1280, 800)])
def test_it_fits_and_can_be_hit_and_read_in_light_and_dark(open_till, shop, croissant, width, height):
    page = open_till.page
    page.set_viewport_size({"width": width, "height": height})
    seen = {}
    open_till.find("Anouk").shows("card").press("Return").shows("return")
    expect(open_till.text("#purchases li")).to_have_count(1)
    seen["receipts"] = (too_small(page), sideways(page), findings(page))
    open_till.press("R-1")
    expect(open_till.text("#return-says")).to_contain_text("Takes back")
    seen["amount"] = (too_small(page), sideways(page), findings(page))

    assert seen == dict.fromkeys(seen, ([], 0, []))
