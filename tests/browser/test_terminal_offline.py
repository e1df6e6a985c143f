"""The till on a flaky network: nothing is lost, and nothing happens twice."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.utils import timezone
from playwright.sync_api import Error, Route, expect

from loyalty.services import cards
from tests import factories
from tests.browser.till import Till, balance, becomes, ledger

# A device in the shop's own Wi-Fi, behind which nothing answers.
SAYS_ONLINE = "Object.defineProperty(Navigator.prototype, 'onLine', {get: () => true})"


@contextmanager
def no_network(till: Till) -> Iterator[None]:
    till.context.set_offline(True)
    try:
        yield
    finally:
        till.context.set_offline(False)


@contextmanager
def lost_answers(till: Till, path: str) -> Iterator[list[str]]:
    """Calls to an address arrive and take effect, but their answers are lost on the way back."""
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        with suppress(Error):  # the terminal has given up waiting by itself, on a slow machine
            route.fetch()
            route.abort("connectionreset")

    till.page.route(path, lose)
    try:
        yield keys
    finally:
        till.page.unroute(path)


def is_sent(till: Till) -> None:
    expect(till.text("#net-text")).to_have_text("Online", timeout=20_000)
    expect(till.text(".waiting-tag")).to_have_count(0)


def is_sent_in_time(till: Till) -> None:
    """Under a clock that is moved: a minute that passes while a call is under way ends it, and pauses follow."""
    for _ in range(10):
        till.page.clock.run_for(60_000)
        with suppress(AssertionError):
            expect(till.text("#net-text")).to_have_text("Online", timeout=2_000)
            break
    is_sent(till)


def test_stamps_wait_for_the_network_and_keep_their_time(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    with no_network(open_till):
        before = timezone.now()
        open_till.press("Add 1 stamp").says("+1 stamp", "Anouk Weber", "Saved on this device.").press(
            "Next customer"
        )
        expect(open_till.text("#net-text")).to_have_text("Offline · 1 waiting")
        expect(open_till.text("#log li").first).to_contain_text("waiting")
        made_by = timezone.now()
        assert balance(anouk) == (0, 0)
    is_sent(open_till)

    (line,) = ledger(shop)
    assert (line.stamps_delta, line.staff_pin.name, line.recorded_offline) == (1, "Léa", True)
    assert before <= line.transaction_at <= made_by


def test_a_card_can_be_stamped_by_its_code_alone(open_till, shop, anouk):
    with no_network(open_till):
        open_till.scan(anouk.qr_code_data).shows("card")
        expect(open_till.text("#customer-name")).to_have_text("Card not loaded")
        expect(open_till.text("#redeem-reason")).to_have_text("Needs the network")
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.").press("Next customer")
        open_till.scan(anouk.qr_code_data).shows("card").press("Earn points").type_amount("1240")
        open_till.press("Credit points").says("€12.40", note="Saved on this device.").press("Next customer")
    is_sent(open_till)

    assert balance(anouk) == (2, 124)  # one given by itself, one with the purchase


def test_a_card_number_typed_without_a_network_is_shown_to_its_last_digit(open_till, shop, anouk):
    number = anouk.display_number
    with no_network(open_till):
        open_till.find(number.replace("-", "")).shows("card")
        expect(open_till.text("#card-number")).to_have_text(number)
        open_till.press("Add 1 stamp").says("+1 stamp", number, "Saved on this device.").press(
            "Next customer"
        )
    is_sent(open_till)

    assert balance(anouk) == (1, 0)


def test_without_a_network_a_name_finds_nobody(open_till, anouk):
    with no_network(open_till):
        open_till.find("Anouk").says("Offline", "only a code or a card number").press("Back").shows("scan")


def test_the_queue_survives_a_reload_without_a_network(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    open_till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    with no_network(open_till):
        open_till.press("Add 1 stamp").says("+1 stamp").press("Next customer")
        open_till.page.reload()
        open_till.is_ready().shows("scan")
        expect(open_till.text("#merchant-name")).to_have_text(shop.merchant.name)
        expect(open_till.text("#staff-name")).to_have_text("Léa")
        expect(open_till.text("#net-text")).to_have_text("Offline · 1 waiting")
    is_sent(open_till)

    assert balance(anouk) == (1, 0)


def test_a_locked_till_waits_for_the_network_and_fetches_its_chooser_then(open_till, shop):
    open_till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    open_till.press("Léa").shows("lock")

    with no_network(open_till):
        open_till.page.reload()
        open_till.is_ready().shows("lock")
        expect(open_till.page.get_by_text("There is no network.")).to_be_visible()
    open_till.page.locator("#people").get_by_text("Marc", exact=True).click(timeout=20_000)
    open_till.unlock("80524613").shows("scan")


def test_a_locked_till_whose_server_is_away_waits_for_it_and_is_not_opened_over_and_over(open_till, shop):
    open_till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    open_till.press("Léa").shows("lock")
    open_till.page.add_init_script(SAYS_ONLINE)
    opened = []
    open_till.page.on("framenavigated", lambda frame: opened.append(frame.url))

    with no_network(open_till):
        open_till.page.reload()
        open_till.is_ready().shows("lock")
        expect(open_till.page.get_by_text("There is no network.")).to_be_visible()
        assert len(opened) == 1
    open_till.page.locator("#people").get_by_text("Marc", exact=True).click(timeout=20_000)
    open_till.unlock("80524613").shows("scan")


def test_undoing_what_was_never_sent_just_forgets_it(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    with no_network(open_till):
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved").press("Undo").shows("card")
        expect(open_till.text("#announcement")).to_have_text("Undone")
    is_sent(open_till)

    assert ledger(shop) == []


def test_a_lost_answer_is_asked_for_again_with_the_same_key(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    with lost_answers(open_till, "**/stamps/") as keys:
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.").press("Next customer")
    is_sent(open_till)

    assert len(set(keys)) == 1
    (line,) = ledger(shop)
    assert (line.stamps_delta, line.recorded_offline) == (1, False)


def test_a_lost_answer_that_comes_much_later_is_still_one_stamp(open_till, shop, anouk):
    open_till.keep_time()
    open_till.page.reload()
    open_till.is_ready().find("Anouk").shows("card")

    with lost_answers(open_till, "**/stamps/"):
        open_till.press("Add 1 stamp")
        open_till.page.clock.run_for(3_000)
        open_till.says("+1 stamp", note="Saved on this device.").press("Next customer")
    with no_network(open_till):
        open_till.page.clock.run_for(60_000)
    is_sent_in_time(open_till)

    assert balance(anouk) == (1, 0)
    assert len(ledger(shop)) == 1


def test_undoing_what_may_have_arrived_leaves_nothing_on_the_card(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    with lost_answers(open_till, "**/stamps/"):
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved").press("Undo").shows("card")
        expect(open_till.text("#announcement")).to_contain_text("If it had arrived already")
    expect(open_till.text("#log li").first).to_contain_text("stamps undone", timeout=20_000)

    assert [line.transaction_type for line in ledger(shop)] == ["stamp_earned", "stamp_voided"]
    assert balance(anouk) == (0, 0)


def test_a_redemption_without_an_answer_can_be_called_off(open_till, shop, anouk):
    with factories.inside(shop):
        token = factories.staff_token(shop.store)
        actor = factories.actor(staff_token=token)
        factories.stamps.give(store=shop.store, card_id=anouk.pk, count=10, actor=actor)
    open_till.find("Anouk").shows("card").press("Redeem")

    with lost_answers(open_till, "**/stamps/redeem/"):
        open_till.press("a coffee").says("No answer yet", "Hand nothing out yet.").press("Call it off").shows(
            "card"
        )
    expect(open_till.text("#log li").first).to_contain_text("Redemption undone", timeout=20_000)

    kinds = [line.transaction_type for line in ledger(shop)]
    assert kinds == ["stamp_earned", "stamp_redeemed", "stamp_voided"]
    assert balance(anouk) == (10, 0)


def test_a_redemption_without_an_answer_ends_well_when_it_comes(open_till, shop, anouk):
    with factories.inside(shop):
        token = factories.staff_token(shop.store)
        actor = factories.actor(staff_token=token)
        factories.points.earn(store=shop.store, card_id=anouk.pk, purchase_amount_cents=6000, actor=actor)
    open_till.find("Anouk").shows("card").press("Redeem")

    with lost_answers(open_till, "**/points/redeem/"):
        open_till.press("Croissant").says("No answer yet")
    open_till.says("Redeemed: Croissant", "New balance: 100 points.")

    assert balance(anouk) == (0, 100)


def test_what_the_server_refuses_later_stays_until_somebody_has_seen_it(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")

    with no_network(open_till):
        open_till.press("Add 1 stamp").says("+1 stamp").press("Next customer")
        with factories.inside(shop):
            cards.deactivate(store=shop.store, card_id=anouk.pk, actor=factories.actor())
    expect(open_till.text("#net-text")).to_have_text("1 not accepted", timeout=20_000)
    open_till.page.reload()
    open_till.is_ready()
    expect(open_till.text("#net-text")).to_have_text("1 not accepted")

    open_till.press("1 not accepted")
    expect(open_till.text("#refused")).to_contain_text("Anouk Weber")
    expect(open_till.text("#refused")).to_contain_text("This card has been deactivated.")
    open_till.press("Seen")
    expect(open_till.text("#net-text")).to_have_text("Online")

    assert balance(anouk) == (0, 0)


def test_actions_of_somebody_else_wait_for_them(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    with no_network(open_till):
        open_till.press("Add 1 stamp").says("+1 stamp").press("Next customer")
        open_till.context.clear_cookies()

    open_till.sign_in(shop.manager).open(shop.store).shows("scan").press("Online")
    expect(open_till.text("#elsewhere")).to_contain_text(
        "1 action of another sign-in or store waits on this device."
    )
    assert balance(anouk) == (0, 0)

    open_till.sign_in(shop.staff).open(shop.store).shows("lock").unlock()  # a PIN counts for one sign-in
    is_sent(open_till)
    becomes(open_till, anouk, (1, 0))
