"""What the card needs now is the big button, and how many taps it takes."""

from playwright.sync_api import expect

from tests import factories
from tests.browser.measure import findings
from tests.browser.till import Till, balance

COUNT = """() => {
  if (!("taps" in window)) addEventListener("click", ({ isTrusted }) => (window.taps += isTrusted), true);
  window.taps = 0;
}"""


def with_card(till: Till, name: str = "Anouk") -> Till:
    """A card is in hand; taps are counted from here."""
    till.find(name).shows("card")
    till.page.evaluate(COUNT)
    return till


def taps(till: Till) -> int:
    count: int = till.page.evaluate("window.taps")
    return count


def big(till: Till) -> str:
    expect(till.text(".act.big")).to_have_count(1)
    return till.text(".act.big").get_attribute("id") or ""


def test_a_stamp_is_one_tap_and_the_card_that_it_fills_is_redeemed_with_the_second(till_of):
    shop = factories.shop(loyalty_type="stamps", stamps_target=2)
    card = factories.card(shop.store, name="Anouk Weber", stamps=1)
    till = with_card(till_of(shop))
    assert big(till) == "stamp-button"

    till.press("Add 1 stamp").says("+1 stamp", "full card")
    assert taps(till) == 1
    expect(till.page.get_by_role("button", name="Redeem now")).to_be_focused()
    assert findings(till.page) == []
    till.press("Redeem now").says("Redeemed: a coffee", "now has 0 of 2")
    assert taps(till) == 2
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
    assert taps(till) == 2
    assert balance(full)[0] == 0


def test_stamp_and_points_are_one_purchase_whose_amount_can_be_typed_at_once(till_of):
    shop = factories.shop(cooldown_minutes=0)
    card = factories.card(shop.store, name="Anouk Weber")
    till = with_card(till_of(shop))
    expect(till.text("#earn-label")).to_have_text("Earn points and a stamp")
    till.page.keyboard.type("1240", delay=80)
    till.shows("amount")
    expect(till.text("#amount")).to_have_text("€12.40")
    till.press("Credit points").says("+1 stamp, +124 points")
    assert taps(till) == 1
    assert balance(card) == (1, 124)


def test_what_cannot_be_done_now_is_small_and_says_when(till_of):
    shop = factories.shop(loyalty_type="stamps", cooldown_minutes=15)
    factories.card(shop.store, name="Anouk Weber", stamps=1)
    till = with_card(till_of(shop))
    expect(till.text(".act.big")).to_have_count(0)
    expect(till.text("#stamp-reason")).to_contain_text("Again in 14:")
    assert till.text("#stamp-button").evaluate("button => button.offsetHeight") <= 76


def test_the_question_before_something_is_undone_names_whose_and_what(open_till, shop, anouk):
    open_till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
    open_till.shows("scan").find("Anouk").shows("card")
    expect(open_till.text("#void-reason")).to_contain_text("+1 stamp")
    open_till.press("Void last").says("Void this?", "Anouk Weber: +1 stamp")
