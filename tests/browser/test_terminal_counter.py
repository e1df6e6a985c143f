"""A till that stands on a counter: awake, heard, in one piece on a low screen, and never left by a slip of the hand."""

import pytest
from playwright.sync_api import expect

from loyalty.models import LoyaltyCard
from loyalty.pages.terminal import shell
from loyalty.services import purchases, returns
from tests import factories
from tests.browser.measure import findings
from tests.browser.till import Till, comes_true

LOW = {"width": 1024, "height": 600}
WATCH_WAKE_LOCK = """window.wakes = [];
Object.defineProperty(Navigator.prototype, "wakeLock", { value: {
  request: async () => {
    const lock = { released: false, release: async () => { lock.released = true; } };
    wakes.push(lock);
    return lock;
  },
}});"""
# The system takes its time: it grants when it is told to, and from then on at once.
SLOW_WAKE_LOCK = """window.wakes = [];
const granted = new Promise((resolve) => (window.grantAll = resolve));
Object.defineProperty(Navigator.prototype, "wakeLock", { value: {
  request: async () => {
    await granted;
    const lock = { released: false, release: async () => { lock.released = true; } };
    wakes.push(lock);
    return lock;
  },
}});"""
SLEEPY_SOUND = """window.sounds = [];
window.AudioContext = class extends AudioContext {
  constructor() { super(); sounds.push(this); this.resumed = 0; }
  get state() { return this.resumed ? super.state : "interrupted"; }
  resume() { this.resumed += 1; return super.resume(); }
};"""
WAKE_UP = "document.dispatchEvent(new Event('visibilitychange'))"
BLOCKED_READER = """window.Worker = class {
  postMessage() { setTimeout(() => this.onmessage({ data: { error: "blocked" } })); }
};"""
OUT_OF_VIEW = """(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden"))
  .filter((one) => one.getBoundingClientRect().bottom > innerHeight)
  .map((one) => one.id || one.textContent)"""


EVERYTHING = "[data-screen-name] :is(button, input)"
USUAL = "#done-button, #stamp-button, #pad-keys button, #earn-button, #redeem-button, #void-button"


def out_of_view(till: Till, what: str = EVERYTHING) -> list[str]:
    """What one would press and has to scroll for."""
    found: list[str] = till.page.evaluate(OUT_OF_VIEW, what)
    return found


def test_the_screen_stays_awake_while_somebody_is_at_work(till, shop):
    till.page.add_init_script(WATCH_WAKE_LOCK)
    till.open(shop.store)
    assert till.page.evaluate("wakes.length") == 0
    till.unlock().shows("scan")
    comes_true(till, "wakes.length === 1 && !wakes[0].released")
    till.press("New customer").shows("enrol")
    till.press("Léa").shows("lock")
    comes_true(till, "wakes.length === 1 && wakes[0].released")


def test_a_sound_is_heard_after_a_sleep(till, shop):
    till.page.add_init_script(SLEEPY_SOUND)
    till.open(shop.store).unlock("9999")
    comes_true(till, "sounds.length === 1 && sounds[0].resumed === 1")
    till.page.evaluate(WAKE_UP)
    till.unlock("9998")
    comes_true(till, "sounds.length === 2 && sounds[1].resumed === 1")


def test_the_way_back_of_the_device_is_one_step_back_and_stays_in_the_till(open_till, anouk):
    address = open_till.page.url
    open_till.find("Anouk").shows("card").press("Earn points").shows("amount")
    for screen in ("card", "scan", "scan"):
        open_till.page.evaluate("history.back()")
        open_till.shows(screen)
    open_till.press("Léa").shows("lock")
    open_till.page.evaluate("history.back()")
    open_till.shows("lock")
    assert open_till.page.url == address


def test_on_a_low_screen_nothing_usual_has_to_be_scrolled_for(till, shop, anouk):
    till.page.set_viewport_size(LOW)
    seen = {"lock": out_of_view(till)}
    till.unlock().shows("scan")
    seen["scan"] = out_of_view(till)
    till.find("Anouk").shows("card")
    seen["card"] = out_of_view(till)
    till.press("Earn points").shows("amount").type_amount("1240")
    seen["amount"] = out_of_view(till)
    till.press("Credit points").says("+1 stamp, +124 points")
    seen["result"] = out_of_view(till, "#result button")
    assert seen == {screen: [] for screen in seen}


@pytest.mark.parametrize(
    ("width", "height"),
    [(1024, 600), (820, 1180), (1280, 800), (390, 844), (320, 568)],
    ids=lambda side: str(side),
)
def test_a_manager_has_every_button_of_a_card_in_view_in_each_language(context, width, height):
    """On a phone the usual ones: a return may be scrolled for. On the smallest, the undoing of what owes may, too."""
    is_phone = width < 700
    shop = factories.shop(cooldown_minutes=0)
    cards = [
        factories.card(shop.store, name="Anouk Weber", cents=2400),
        factories.card(shop.store, name="Emma Klein", stamps=10, cents=60000),
        owing(shop, factories.card(shop.store, name="Jean Lamesch")),
    ]
    till = Till(context).sign_in(shop.manager)
    till.page.set_viewport_size({"width": width, "height": height})
    seen = {}
    for language in ("en", "fr", "de", "lb"):
        till.open(shop.store, f"?lang={language}").shows("scan")
        for card in cards:
            till.scan(card.qr_code_data)
            expect(till.text("#customer-name")).to_have_text(card.customer.name)
            what = USUAL if is_phone else EVERYTHING
            if height == 568 and card == cards[-1]:
                what = what.removesuffix(", #void-button")
            seen[language, card.customer.name] = out_of_view(till, what)
        expect(till.text("#forgive-button")).to_be_visible()
    assert seen == {which: [] for which in seen}


def owing(shop: factories.Shop, card: LoyaltyCard) -> LoyaltyCard:
    """A card whose points were spent before what gave them was brought back."""
    where = {"store": shop.store, "actor": factories.actor("manager")}
    with factories.inside(shop):
        bought = purchases.record(**where, card_id=card.pk, purchase_amount_cents=6000).purchase
        reward = shop.program.rewards.get(name="Croissant")
        factories.points.redeem(**where, card_id=card.pk, reward_id=reward.pk)
        returns.give_back(**where, purchase_id=bought.pk, reason="too small", amount_cents=6000)
    return card


def test_a_browser_that_cannot_read_codes_says_so_on_the_screen_and_in_the_check(till, shop):
    till.page.add_init_script(BLOCKED_READER)
    till.open(shop.store).unlock().shows("scan")
    expect(till.text("#scan-hint")).to_contain_text("This browser cannot read codes by camera")

    till.press("Check this device")
    expect(till.text("#check-camera")).to_have_attribute("data-state", "bad")


def test_the_device_is_checked_part_by_part(open_till, shop, anouk):
    open_till.press("Check this device")
    for part, state in (("network", "good"), ("camera", "good"), ("scanner", "open"), ("sound", "open")):
        expect(open_till.text(f"#check-{part}")).to_have_attribute("data-state", state)
    expect(open_till.text("#check-storage")).to_have_attribute("data-state", "poor")
    open_till.scan(anouk.qr_code_data)
    expect(open_till.text("#check-scanner")).to_contain_text("It works.")
    open_till.press("I hear it")
    expect(open_till.text("#check-sound")).to_contain_text("It works.")
    assert findings(open_till.page) == []
    open_till.page.keyboard.press("Escape")
    open_till.shows("scan")


def test_a_new_version_is_shown_and_takes_over_at_the_next_lock(open_till, monkeypatch):
    ready = "navigator.serviceWorker.ready.then((registration) => registration.update()).then(() => null)"
    open_till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    open_till.page.reload()
    open_till.is_ready().shows("scan")
    comes_true(open_till, "navigator.serviceWorker.controller !== null")
    monkeypatch.setattr(shell, "version", lambda: "newer")
    open_till.page.evaluate(ready)
    expect(open_till.text("#strip-newer")).to_be_visible()
    open_till.shows("scan")

    open_till.page.evaluate("window.isOld = true")
    open_till.press("Léa")
    comes_true(open_till, "window.isOld === undefined")
    open_till.is_ready().shows("lock")
    expect(open_till.text("#strip-newer")).to_be_hidden()


def test_a_screen_that_is_kept_awake_late_may_sleep_behind_the_lock(till, shop):
    till.page.add_init_script(SLOW_WAKE_LOCK)
    till.open(shop.store).unlock().shows("scan").press("New customer").shows("enrol")
    till.press("Léa").shows("lock")

    till.page.evaluate("grantAll()")

    comes_true(till, "wakes.length > 0 && wakes.every((one) => one.released)")
