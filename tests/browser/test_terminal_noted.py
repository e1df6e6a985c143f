"""What is noted without a network: only what can be true, with a face to it, and mended where it was refused."""

import re
from datetime import datetime, time, timedelta

from playwright.sync_api import expect

from loyalty import tokens
from loyalty.models import CardCode, LoyaltyCard
from tests import factories
from tests.browser.locked import lock
from tests.browser.measure import findings
from tests.browser.test_terminal_offline import is_sent, no_network
from tests.browser.till import Till, balance, becomes, comes_true

RESULT = "#result"
EARLIER = "5901234123457"  # an EAN-13 on an earlier card
A_WEEK_AND_MORE_MS = 175 * 60 * 60 * 1000
FACES = """() => new Promise((resolve) => {
  const opening = indexedDB.open("till");
  opening.onsuccess = () => {
    const shelves = opening.result.transaction(["faces", "secrets"]);
    const [faces, secrets] = ["faces", "secrets"].map((name) => shelves.objectStore(name).getAll());
    shelves.oncomplete = () => {
      opening.result.close();
      const plain = faces.result.map((face) => new TextDecoder().decode(face.sealed) + JSON.stringify(face));
      resolve([faces.result.length, secrets.result.map(({ seal }) => seal.extractable), plain.join()]);
    };
  };
})"""


def other_number(of: str) -> str:
    """A number of that shape that no card has."""
    return next(number for number in iter(tokens.card_number, "") if number != of)


def remembers(till: Till, count: int) -> None:
    comes_true(till, f"({FACES})().then(([kept]) => kept === {count})")


def test_a_slip_in_a_number_is_never_noted(open_till, anouk):
    number = anouk.card_number
    slip = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    with no_network(open_till):
        open_till.find(slip).says("A slip in the number", "Nothing was noted", slip)
        expect(open_till.text(RESULT)).to_have_attribute("data-kind", "bad")
        open_till.press("Back").shows("scan")
        expect(open_till.text("#net-text")).to_have_text("Offline")

        open_till.find(number).shows("card").press("Add 1 stamp").says("+1 stamp")
        expect(open_till.text(RESULT)).to_have_attribute("data-kind", "noted")
        expect(open_till.text("#result-kicker")).to_have_text("Noted here, not booked yet")
        expect(open_till.text("#result-kicker")).to_be_visible()
        expect(open_till.text(RESULT)).to_have_accessible_description(re.compile("^Noted here, not booked"))
        open_till.page.keyboard.press("Shift")  # somebody reads: it stays
        assert findings(open_till.page) == []
        open_till.press("Next customer")
    becomes(open_till, anouk, (1, 0))


def test_a_customer_of_the_last_days_has_a_face_without_a_network(till_of):
    shop = factories.shop(cooldown_minutes=15)
    card = factories.card(shop.store, name="Anouk Weber")
    with factories.inside(shop):
        CardCode.objects.create(merchant=shop.merchant, card=card, code=EARLIER)
    till = till_of(shop).scan(card.qr_code_data).shows("card").press("Done").shows("scan")
    till.scan(EARLIER).shows("card").press("Done").shows("scan")
    remembers(till, 3)  # the number, and the codes that lead to it
    with no_network(till):
        for found_by in (card.qr_code_data.lower(), card.display_number, EARLIER):
            till.scan(found_by).shows("card")
            expect(till.text("#customer-name")).to_have_text("Anouk")
            expect(till.text("#card-number")).to_have_text(card.display_number)
            expect(till.text("#goal-line")).to_contain_text("As of")
            till.press("Done").shows("scan")
        till.scan(card.qr_code_data).shows("card")
        till.press("Add 1 stamp").says("+1 stamp", "Anouk").press("Next customer").shows("scan")

        till.scan(card.display_number).shows("card")
        expect(till.text("#card-notes")).to_contain_text("1 stamp is noted here already")
        expect(till.text("#stamp-reason")).to_contain_text("Again in 14:")
        assert findings(till.page) == []
        till.text("#stamp-button").click(force=True)
        till.shows("card").press("Done")
    is_sent(till)
    becomes(till, card, (1, 0))


def test_faces_are_sealed_and_given_up_after_a_week_and_at_a_lock_out(till, anouk):
    till.unlock().shows("scan").find("Anouk").shows("card")
    remembers(till, 1)
    count, extractable, plain = till.page.evaluate(FACES)
    assert (count, extractable) == (1, [False])
    assert "Anouk" not in plain
    assert anouk.card_number not in plain.replace("-", "")

    lock(till)
    for _ in range(5):
        till.unlock("9999")
        expect(till.text("#pin-error")).to_contain_text(re.compile("Wrong PIN"))
    expect(till.text("#pin-error")).to_contain_text("0 attempts")
    till.unlock("9999")
    expect(till.text("#pin-error")).to_contain_text("locked until")
    remembers(till, 0)
    assert till.page.evaluate(FACES)[:2] == [0, []]

    till.page.locator("#people").get_by_text("Marc", exact=True).click()
    till.unlock("80524613").shows("scan").find("Anouk").shows("card")
    remembers(till, 1)
    till.page.add_init_script("const now = Date.now; Date.now = () => now() + 7.1 * 24 * 60 * 60 * 1000;")
    till.page.reload()
    till.is_ready()
    remembers(till, 0)


def test_a_till_that_is_never_loaded_anew_gives_up_faces_after_a_week_too(timed_till, anouk):
    timed_till.find("Anouk").shows("card")
    remembers(timed_till, 1)

    timed_till.page.clock.fast_forward(A_WEEK_AND_MORE_MS)

    remembers(timed_till, 0)


def test_without_a_network_all_stamps_of_today_are_counted_and_none_of_yesterday(till_of):
    shop = factories.shop(cooldown_minutes=0, max_daily_stamps=2)
    card = factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop).keep_time()
    till.page.reload()
    till.is_ready().scan(card.qr_code_data).shows("card").press("Add 1 stamp").says("+1 stamp")
    till.press("Next customer").shows("scan")
    with no_network(till):
        stamped(till, card)
        till.scan(card.qr_code_data).shows("card")
        expect(till.text("#stamp-reason")).to_have_text("All stamps for today are given")
        till.press("Done").shows("scan")

        till.page.clock.fast_forward(until_tomorrow(shop))
        stamped(till, card)
        stamped(till, card)


def test_that_all_stamps_of_today_were_given_is_said_without_a_network_as_with_it(till_of):
    shop = factories.shop(cooldown_minutes=0, max_daily_stamps=1)
    card = factories.card(shop.store, name="Anouk Weber")
    till = till_of(shop).scan(card.qr_code_data).shows("card").press("Add 1 stamp").says("+1 stamp")
    till.press("Next customer").shows("scan").scan(card.qr_code_data).shows("card")
    reason = till.text("#stamp-reason")
    expect(reason).to_have_text("All stamps for today are given")
    till.press("Done").shows("scan")

    with no_network(till):
        till.scan(card.qr_code_data).shows("card")
        expect(reason).to_have_text("All stamps for today are given")


def stamped(till: Till, card: LoyaltyCard) -> None:
    till.scan(card.qr_code_data).shows("card").press("Add 1 stamp").says("+1 stamp", "Anouk")
    till.press("Next customer").shows("scan")


def until_tomorrow(shop: factories.Shop) -> int:
    """Milliseconds until a minute past the next midnight of the store."""
    now = datetime.now(shop.store.tzinfo)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(0, 1), shop.store.tzinfo)
    return int((tomorrow - now).total_seconds() * 1000)


def test_what_was_refused_is_booked_for_the_right_card_and_amount(open_till, shop, anouk):
    wrong = other_number(anouk.card_number)
    with no_network(open_till):
        open_till.find(wrong).shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer")
        open_till.find(wrong).shows("card").press("Earn points").type_amount("9900")
        open_till.press("Credit points").says("€99.00").press("Next customer")
    expect(open_till.text("#net-text")).to_have_text("2 not accepted", timeout=20_000)
    assert balance(anouk) == (0, 0)

    open_till.press("2 not accepted")
    purchase = open_till.text("#refused li").filter(has_text="€99.00")
    purchase.get_by_role("button", name="Book it after all").click()
    expect(open_till.page.get_by_label("The right card")).to_have_value(wrong)
    open_till.press("Book it now")
    expect(open_till.text("#mend-error")).to_be_visible()
    assert findings(open_till.page) == []
    open_till.page.get_by_label("The right amount").fill("990")
    expect(open_till.text("#mend-money")).to_have_text("€9.90")
    open_till.page.get_by_label("The right card").fill(anouk.display_number)
    open_till.press("Book it now").says("+1 stamp, +99 points").press("Next customer")
    expect(open_till.text("#net-text")).to_have_text("1 not accepted")

    open_till.press("1 not accepted").press("Book it after all")
    open_till.page.get_by_label("The right card").fill(anouk.card_number)
    open_till.press("Book it now").says("+1 stamp").press("Next customer")
    expect(open_till.text("#net-text")).to_have_text("Online")
    assert balance(anouk) == (2, 99)
