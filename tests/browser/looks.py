"""Pictures of every state of the terminal and of the customers' pages, to be looked at before a release: `make looks`.

Each state at five sizes, in light and dark, in four languages; one sheet for each state and size in var/looks/, with
what a machine can see of it (axe, words that are cut off, pages wider than their window) in var/looks/findings.txt.
`make looks ARGS="-k terminal"` takes those of one part; LOOKS="card,scan" some states alone.
"""

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard, LoyaltyProgram, Purchase
from loyalty.services import cards, enrollment, purchases, returns
from tenancy.models import Store
from tests import factories
from tests.browser.measure import findings, sideways
from tests.browser.test_terminal_noted import other_number
from tests.browser.test_terminal_offline import no_network
from tests.browser.test_till_device import new_code
from tests.browser.till import Till

SIZES = ((320, 640), (390, 844), (820, 1180), (1024, 600), (1280, 800))
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "de", "fr", "lb")
SHEETS = Path(settings.BASE_DIR) / "var" / "looks"
THUMB = 340  # pixels wide
ONLY = [name for name in os.environ.get("LOOKS", "").split(",") if name]
RECEIPT = "R-2026-1127-0001"
LONG = "Anna-Magdalena Weber-Schommartz"
# What shows less than it holds: words behind an edge of their own box, or of the window.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => !one.closest(".visually-hidden, .skip-link, svg, select") && one.tagName !== "INPUT")
  .filter((one) => one.getBoundingClientRect().width > 2)
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const words = range.getBoundingClientRect();
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    if (style.textOverflow === "ellipsis") return false;
    const hides = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
    const outgrows = words.width > box.width + 2 && style.display !== "inline";
    return hides || outgrows || words.right > innerWidth + 1 || words.left < -1;
  })
  .map((one) => `${one.id || one.className || one.tagName}: ${one.textContent.trim().slice(0, 60)}`)"""


class Gallery:
    """The pictures of one walk, in one language; the sheets are made of those of all four."""

    pictures: dict[tuple[str, tuple[int, int]], list[tuple[str, Image.Image]]] = {}
    found: list[str] = []

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    def look(self, state: str) -> None:
        """Take the pictures of what is on the page now."""
        if ONLY and state not in ONLY:
            return
        for size in SIZES:
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                picture = Image.open(BytesIO(self.page.screenshot(animations="disabled")))
                self.pictures.setdefault((state, size), []).append(
                    (f"{self.language} {scheme}", thumb(picture))
                )
            self.note(state, f"{size[0]} x {size[1]}", self.page.evaluate(CUT))
            if wider := sideways(self.page):
                self.note(state, f"{size[0]} x {size[1]}", [f"{wider} pixels wider than the window"])
        if self.language == "de":
            self.note(state, "axe", findings(self.page))

    def note(self, state: str, where: str, faults: list[str]) -> None:
        self.found.extend(f"{state} ({self.language}, {where}): {one}" for one in faults)


def thumb(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").resize(
        (THUMB, picture.height * THUMB // picture.width), Image.Resampling.LANCZOS
    )


@pytest.fixture(scope="module", autouse=True)
def sheets():
    """Write a sheet for each state and size, when all walks are over."""
    yield
    SHEETS.mkdir(parents=True, exist_ok=True)
    for (state, (width, height)), pictures in Gallery.pictures.items():
        high = pictures[0][1].height + 22
        columns = len(LANGUAGES) * 2 if width > height else len(LANGUAGES)
        columns = min(columns, 4, len(pictures))
        rows = -(-len(pictures) // columns)
        sheet = Image.new("RGB", (columns * (THUMB + 8), rows * (high + 6)), "#888")
        for place, (name, picture) in enumerate(pictures):
            left, top = place % columns * (THUMB + 8), place // columns * (high + 6)
            ImageDraw.Draw(sheet).text((left + 4, top + 4), f"{state} {width}x{height} {name}", "white")
            sheet.paste(picture, (left, top + 20))
        sheet.save(SHEETS / f"{state}-{width}x{height}.png")
    (SHEETS / "findings.txt").write_text("\n".join(Gallery.found) + "\n")


# --- A shop with long words -------------------------------------------------------------------------------


@pytest.fixture
def busy(live_server) -> factories.Shop:
    """A shop where everything is long, and something of everything goes on."""
    shop = factories.shop(
        card_color="#c2553a",
        card_name="Treuekarte der Bäckerei Schmitz-Diederich",
        stamps_reward_description_en="a large hot chocolate with whipped cream",
        stamps_reward_description_de="eine große heiße Schokolade mit Schlagsahne",
        stamps_reward_description_fr="un grand chocolat chaud avec de la crème fouettée",
        stamps_reward_description_lb="eng grouss waarm Schockela mat Schlagsahn",
        terms_text_en="The card is free.",
        terms_text_de="Die Karte ist gebührenfrei, unübertragbar und jederzeit kündbar.",
        welcome_bonus_points=50,
        points_expiration_days=20,
        rewards=(("Bauernfrühstück für zwei Personen", 500), ("Croissant", 1500)),
    )
    with factories.inside(shop):
        shop.merchant.name = "Bäckerei-Konditorei Schmitz-Diederich"
        shop.merchant.save()
        shop.store.name = "Luxembourg-Limpertsberg"
        shop.store.save()
    factories.staff_pin(shop.store, name="Marie-Antoinette Kirchberger", pin="4711")
    factories.staff_pin(shop.store, name="Léa", pin="2580")
    factories.promotion(shop.program, "Fröhliche Stunde am Nachmittag")
    return shop


@pytest.fixture
def people(busy: factories.Shop) -> dict[str, LoyaltyCard]:
    """Cards in the states that a till meets."""
    made = {
        "usual": factories.card(busy.store, name=LONG, stamps=7, cents=2400, phone="+352621123456"),
        "double": factories.card(busy.store, name="Anna Weber"),
        "full": factories.card(busy.store, name="Maximiliane von Hohenstein", stamps=10, cents=60000),
        "owes": factories.card(busy.store, name="Jean-Baptiste Lamesch"),
        "closed": factories.card(busy.store, name="Pol Schmit", stamps=2),
        "cooling": factories.card(busy.store, name="Georgette Hoffmann", stamps=1),
    }
    with factories.inside(busy):
        actor = factories.actor(staff_token=factories.staff_token(busy.store))
        where = {"store": busy.store, "card_id": made["owes"].pk, "actor": actor}
        purchases.record(**where, purchase_amount_cents=6000, order_reference=RECEIPT)
        reward = busy.program.rewards.order_by("points_cost")[0]
        factories.points.redeem(**where, reward_id=reward.pk)
        bought = Purchase.objects.get(order_reference=RECEIPT)
        back = {"purchase_id": bought.pk, "reason": "zu klein", "amount_cents": 4000}
        returns.give_back(store=busy.store, actor=actor, **back)
        cards.deactivate(store=busy.store, card_id=made["closed"].pk, actor=factories.actor(), reason="lost")
        LoyaltyProgram.objects.update(require_staff_pin=True)
    return made


def in_language(till: Till, store: Store, language: str) -> Till:
    till.open(store, f"?lang={language}")
    expect(till.page.locator("html")).to_have_attribute("lang", language)
    return till


def tap(till: Till, selector: str) -> Till:
    till.page.locator(selector).first.click()
    return till


def tap_pin(till: Till, digits: str) -> Till:
    for digit in digits:
        tap(till, f"#pin-keys [data-key='{digit}']")
    return tap(till, "#pin-keys [data-key=enter]")


def unlock(till: Till) -> Till:
    till.page.locator("#people").get_by_text("Marie-Antoinette").click()
    return tap_pin(till, "4711").shows("scan")


def is_open(till: Till, selector: str) -> Till:
    expect(till.page.locator(f"{selector}[open]")).to_be_visible()
    return till


def stays(till: Till) -> Till:
    """A result is read: it does not leave by itself."""
    is_open(till, "#result").page.keyboard.press("Shift")
    return till


def to_scan(till: Till) -> Till:
    """One step back after the other."""
    for _ in range(4):
        if till.page.locator("body[data-screen=scan]:not(:has(dialog[open]))").count():
            break
        till.page.keyboard.press("Escape")
    return till.shows("scan")


# --- The walks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_of_a_manager(context: BrowserContext, busy, people, language):
    till = Till(context).sign_in(busy.manager)
    in_language(till, busy.store, language).shows("lock")
    look = Gallery(till.page, language).look

    look("lock")
    tap_pin(till, "9999")
    expect(till.text("#pin-error")).to_be_visible()
    look("lock-wrong")
    unlock(till)
    look("scan")
    tap(till, "#enrol-button").shows("enrol").text("#enrol-email").fill("anouk")
    tap(till, "#enrol-submit")
    expect(till.text("#enrol-email-error")).to_be_visible()
    till.text("#enrol-name").fill(LONG)
    look("enrol-error")
    till.text("#enrol-email").fill("anouk@gmail.con")
    till.text("#enrol-phone").focus()
    look("enrol-slip")
    to_scan(till).find("nobody@example.com")
    stays(till)
    look("not-found")
    to_scan(till).scan("4006381333931")
    stays(till)
    look("unknown-code")
    tap(till, "#result-undo").shows("scan")
    look("attach")
    tap(till, ".attach-bar button")
    till.find("Weber")
    is_open(till, "#matches-sheet")
    look("matches")
    tap(till, "#matches button").shows("card")
    look("card")
    till.tap_amount("1240")
    expect(till.text("#earn-rate")).to_contain_text(re.compile(r"\d"))
    look("card-amount")
    tap(till, "#earn-button")
    stays(till)
    look("done")
    tap(till, "#result-next").shows("scan")
    till.scan(people["full"].qr_code_data).shows("card")
    look("card-full")
    tap(till, "#redeem-button")
    is_open(till, "#rewards-sheet")
    look("rewards")
    tap(till, "#rewards button")
    stays(till)
    look("redeemed")
    tap(till, "#result-next").shows("scan")
    till.scan(people["closed"].qr_code_data).shows("card")
    look("card-inactive")
    to_scan(till).scan(people["owes"].qr_code_data).shows("card")
    look("card-owes")
    tap(till, "#forgive-button")
    is_open(till, "#forgive-sheet")
    look("forgive")
    till.page.keyboard.press("Escape")
    tap(till, "#card-return-button").shows("return")
    expect(till.text("#purchases li")).to_have_count(1)
    look("receipts")
    tap(till, "#purchases button")
    expect(till.text("#return-says")).not_to_be_empty()
    look("return")
    tap(till, "#return-confirm")
    stays(till)
    look("returned")
    tap(till, "#result-next").shows("scan")
    till.scan(people["owes"].qr_code_data).shows("card")
    expect(till.text("#void-button")).not_to_have_attribute("aria-disabled", "true")
    tap(till, "#void-button")
    stays(till)
    look("void-question")
    to_scan(till)
    tap(till, "#new-card-button")
    is_open(till, "#take-card")
    expect(till.text("#take-card-picture")).to_have_attribute("src", re.compile("take-along"))
    expect(till.text("#take-card-picture")).to_have_js_property("complete", True)
    look("take-card")
    tap(till, "#take-card [data-value=next]").shows("scan")
    till.page.set_viewport_size({"width": 1280, "height": 800})
    tap(till, "#check-button")
    is_open(till, "#check-sheet")
    expect(till.text("#check-camera")).not_to_have_attribute("data-state", "open")
    look("check")
    till.page.keyboard.press("Escape")
    till.page.set_viewport_size({"width": 390, "height": 844})
    tap(till, "#recent-button")
    look("recent")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_of_a_device_without_a_network(context: BrowserContext, busy, people, language):
    till = Till(context)
    look = Gallery(till.page, language).look
    till.page.goto(f"/terminal/?lang={language}")
    look("device-code")
    till.page.locator("input[name=code]").fill(new_code(busy, "Theke 1"))
    tap(till, "main button[type=submit]")
    till.is_ready()
    in_language(till, busy.store, language).shows("lock")
    look("lock-device")
    unlock(till)
    till.page.set_viewport_size({"width": 1280, "height": 800})
    tap(till, "#display-button")
    is_open(till, "#display-sheet")
    expect(till.text("#display-code")).to_have_text(re.compile(r"\w{4}-\w{4}"))
    look("display-sheet")
    till.page.keyboard.press("Escape")
    till.scan(people["usual"].qr_code_data).shows("card")
    expect(till.text("#customer-name")).to_have_text(LONG)
    to_scan(till)
    till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    with no_network(till):
        till.find("9999-9999-9999")
        stays(till)
        look("offline-slip")
        to_scan(till).scan(people["usual"].qr_code_data).shows("card")
        look("offline-card")
        to_scan(till).find(other_number(people["usual"].card_number)).shows("card")
        look("offline-unseen")
        tap(till, "#earn-button").shows("amount").type_amount("9900")
        look("amount-offline")
        tap(till, "#credit-button")
        stays(till)
        look("noted")
        tap(till, "#result-next").shows("scan")
        tap(till, "#net")
        is_open(till, "#queue-sheet")
        look("queue-waiting")
        till.page.keyboard.press("Escape")
    expect(till.text("#refused li")).not_to_have_count(0, timeout=30_000)
    tap(till, "#net")
    is_open(till, "#queue-sheet")
    look("queue-refused")
    tap(till, "#refused [data-value^='mend:']")
    is_open(till, "#mend-sheet")
    look("mend")
    till.page.keyboard.press("Escape")
    till.page.evaluate("for (const strip of document.querySelectorAll('.strip')) strip.hidden = false")
    look("strips")
    till.page.evaluate("void setTimeout(() => document.getElementById('fault').showModal())")
    is_open(till, "#fault")
    look("fault")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_turned_to_the_customer(context: BrowserContext, busy, people, language):
    till = Till(context).sign_in(busy.manager)
    in_language(till, busy.store, language)
    unlock(till)
    screen = context.new_page()
    screen.goto(f"/terminal/{busy.store.store_code}/display/?lang={language}")
    look = Gallery(screen, language).look
    look("display-welcome")
    till.scan(people["usual"].qr_code_data).shows("card")
    expect(screen.locator("#moment")).to_be_visible()
    look("display-card")
    till.tap_amount("1240")
    tap(till, "#earn-button")
    stays(till)
    expect(screen.locator("#moment-stamps .new")).not_to_have_count(0)
    look("display-earned")
    tap(till, "#result-next").shows("scan")
    till.scan(people["full"].qr_code_data).shows("card")
    look("display-full")
    to_scan(till)
    tap(till, "#new-card-button")
    is_open(till, "#take-card")
    expect(screen.locator("#moment-picture")).to_be_visible()
    look("display-take")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_pages(context: BrowserContext, busy, people, language):
    page = context.new_page()
    look = Gallery(page, language).look
    at = f"?lang={language}"

    def show(address: str, state: str) -> None:
        page.goto(f"{address}{at}")
        look(state)

    join = f"/join/{busy.store.store_code}/"
    show(join, "join")
    page.locator("input[name=email]").fill("jules@")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look("join-error")
    page.locator("input[name=name]").fill(LONG)
    page.locator("input[name=email]").fill(f"jules-{language}@example.com")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/done/**")
    look("join-done")
    show("/", "home")
    for name in ("usual", "full", "owes", "closed"):
        show(f"/card/{people[name].access_token}/", f"page-{name}")
    with factories.inside(busy):
        nobody = enrollment.enroll(store=busy.store, nameless=True, actor=factories.actor()).card
    show(f"/card/{nobody.access_token}/", "page-nameless")
    address = f"/card/{people['usual'].access_token}"
    show(f"{address}/data/", "data")
    page.locator("input[name=email]").fill(f"neue-{language}@example.com")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**?waits")
    look("data-waits")
    show(f"{address}/phone/", "phone")
    show(f"{address}/history/", "history")
    show(f"{address}/wallet/", "wallet")
    show(f"{address}/erase/", "erase")
    show("/x/", "missing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_nobody_at_work(context: BrowserContext, busy, language):
    page = context.new_page()
    look = Gallery(page, language).look
    page.goto(f"/login/?lang={language}")
    look("login")
    page.add_init_script("delete window.OffscreenCanvas; delete window.BroadcastChannel")
    till = Till(context).sign_in(busy.owner)
    till.page.goto(f"/terminal/?choose=1&lang={language}")
    Gallery(till.page, language).look("choose")
    page.goto(f"/terminal/{busy.store.store_code}/?lang={language}")
    expect(page.locator("#lacks")).to_be_visible()
    look("lacks")
