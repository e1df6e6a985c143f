"""What the card needs now is the big button, and how many taps it takes."""

from playwright.sync_api import expect

from tests import factories
from tests.browser.measure import findings
from tests.browser.till import Till, balance


def with_card(till: Till, name: str = "Anouk") -> Till:
    """A card is in hand; taps are counted from here."""
    return till.find(name).shows("card").count_taps()


def big(till: Till) -> str:
    expect(till.text(".act.big")).to_have_count(1)
    return till.text(".act.big").get_attribute("id") or ""


def test_a_stamp_is_one_tap_and_the_card_that_it_fills_is_redeemed_with_the_second(till_of):
    shop = factories.shop(loyalty_type="stamps", stamps_target=2)
    card = factories.card(shop.store, name="Anouk Weber", stamps=1)
    till = with_card(till_of(shop))
    assert big(till) == "stamp-button"

    till.press("Add 1 stamp").says("+1 stamp", "full card")
    assert till.taps == 1
    expect(till.page.get_by_role("button", name="Redeem now")).to_be_focused()
    assert findings(till.page) == []
    till.press("Redeem now").says("Redeemed: a coffee", "now has 0 of 2")
    assert till.taps == 2
    assert balance(card) == (0, 0)


def test_on_a_full_card_the_big_button_redeems(till_of):
    shop = factories.shop()
    full = factories.card(shop.store, name="Anouk Weber", stamps=10)
    factories.card(shop.store, name="Pol Schmit", stamps=9)
    till = till_of(shop)
    with_card(till, "Pol")
    assert big(till) == "earn-button"
    with_card(till.press("Done").shows("scan"))
    assert big(till) == "redeem-button"
    expect(till.text("#redeem-button")).to_be_focused()

    till.press("Redeem").press("a coffee").says("Redeemed: a coffee")
    assert till.taps == 2
    assert balance(full)[0] == 0


def test_stamp_and_points_are_as_many_taps_as_the_amount_has_digits_and_one(till_of):
    shop = factories.shop(cooldown_minutes=0)
    card = factories.card(shop.store, name="Anouk Weber")
    till = with_card(till_of(shop))
    expect(till.text("#earn-label")).to_have_text("Earn points and a stamp")
    for size in ({"width": 1024, "height": 600}, {"width": 390, "height": 844}):
        till.page.set_viewport_size(size)
        for key in till.text("#pad-keys button").all():
            expect(key).to_be_in_viewport(ratio=1)

    till.tap_amount("1240")
    expect(till.text("#earn-button")).to_have_text("€12.40Gives 124 points and 1 stamp")
    assert findings(till.page) == []
    till.press("€12.40").says("+1 stamp, +124 points")

    assert till.taps == len("1240") + 1
    assert balance(card) == (1, 124)


def test_an_amount_is_for_the_card_on_which_it_was_typed_by_touch_or_on_a_keyboard(till_of):
    shop = factories.shop(cooldown_minutes=0)
    card = factories.card(shop.store, name="Anouk Weber")
    pol = factories.card(shop.store, name="Pol Schmit")
    till = with_card(till_of(shop)).tap_amount("99")
    with_card(till.press("Done").shows("scan"), "Pol").tap_amount("50")
    till.scan(pol.card_number)  # a scanner types its digits as well
    expect(till.text("#earn-label")).to_have_text("Earn points and a stamp")
    with_card(till.press("Done").shows("scan"))
    expect(till.text("#earn-label")).to_have_text("Earn points and a stamp")

    till.page.keyboard.type("12409", delay=80)
    till.page.keyboard.press("Backspace")
    expect(till.text("#earn-label")).to_have_text("€12.40")
    till.page.keyboard.press("Enter")
    till.says("+1 stamp, +124 points")
    assert (balance(card), balance(pol)) == ((1, 124), (0, 0))


def test_what_cannot_be_done_now_is_small_and_says_when(context):
    shop = factories.shop(loyalty_type="stamps", cooldown_minutes=15)
    factories.card(shop.store, name="Anouk Weber", stamps=1)
    for person in (shop.staff, shop.manager):
        till = with_card(Till(context).sign_in(person).open(shop.store).shows("scan"))
        expect(till.text(".act.big")).to_have_count(0)
        expect(till.text("#stamp-reason")).to_contain_text("Again in 14:")
        for size in ({"width": 820, "height": 1180}, {"width": 390, "height": 844}):
            till.page.set_viewport_size(size)
            assert till.text("#stamp-button").evaluate("button => button.offsetHeight") <= 76


def test_the_question_before_something_is_undone_names_whose_and_what(open_till, shop, anouk):
    open_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
    open_till.shows("scan").find("Anouk").shows("card")
    expect(open_till.text("#void-reason")).to_contain_text("+1 stamp")
    open_till.press("Void last").says("Void this?", "Anouk Weber: +1 stamp")
