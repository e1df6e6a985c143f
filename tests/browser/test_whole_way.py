"""The main job, from the code on the counter to the redeemed reward, on the site as it is really run."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from redis import Redis

from tenancy.models import Store, User
from tests.browser import deployed
from tests.browser.conftest import ARGUMENTS, PATIENCE_MS
from tests.browser.deployed import Site
from tests.browser.film import film
from tests.browser.till import Till

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
ESCH = Store(store_code="alzette-esch", name="Bäckerei Alzette Esch")
TILL = User(email="staff@alzette.example")


@pytest.fixture(scope="module")
def production(django_db_setup: None, redis_server: str) -> Iterator[Site]:
    server = settings.DATABASES["default"]
    password = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
    postgres = f"postgresql://{server['USER']}{password}@{server['HOST']}:{server['PORT']}/postgres"
    redis = f"{redis_server}/15"
    with Redis.from_url(redis) as client:
        client.flushdb()
    with deployed.production(postgres, redis) as site:
        yield site


@pytest.fixture(scope="module")
def demo() -> Iterator[Site]:
    with deployed.demo() as site:
        yield site


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    made: Site = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def device(
    site: Site, browser: Browser, attentive: Callable[[BrowserContext], None]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a device of somebody's own; `of` is its browser if it is not the usual one."""
    made: list[BrowserContext] = []

    def make(screen: dict[str, int], of: Browser = browser) -> BrowserContext:
        context = of.new_context(base_url=site.url, viewport=screen, locale="en-GB", permissions=["camera"])
        context.set_default_timeout(PATIENCE_MS)
        attentive(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def looking_at(
    playwright: Playwright, browser_type_launch_args: dict, tmp_path: Path
) -> Iterator[Callable[[bytes], Browser]]:
    """Starts a browser whose camera sees a picture."""
    started: list[Browser] = []

    def start(picture: bytes) -> Browser:
        seen = film(Image.open(io.BytesIO(picture)), tmp_path)
        arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={seen}"]
        started.append(playwright.chromium.launch(**browser_type_launch_args | {"args": arguments}))
        return started[-1]

    yield start
    for one in started:
        one.close()


def enrol(phone: Page, name: str, address: str) -> None:
    phone.goto("/join/alzette-esch/")
    phone.get_by_label(re.compile("^Name")).fill(name)
    phone.get_by_label(re.compile("^E-mail")).fill(address)
    phone.get_by_role("button", name="Get my card").click()
    expect(phone.get_by_role("heading", name="Your card is ready")).to_be_visible()


def sign_in(tablet: BrowserContext) -> Till:
    """The terminal in Esch with Tom at it."""
    till = Till(tablet).sign_in(TILL, "demo-staff")
    till.page.get_by_role("link", name=ESCH.name).click()
    return till.is_ready().shows("lock").unlock("4711")


def ledger(till: Till, number: str) -> list[tuple[str, int, bool]]:
    """What the till's API tells of a card, oldest first: type, stamps, whether it came from a till offline."""
    api = f"/api/v1/stores/{ESCH.store_code}/cards"
    card = till.page.request.get(f"{api}/lookup/", params={"q": number}).json()
    lines = till.page.request.get(f"{api}/{card['id']}/transactions/").json()["results"]
    return [
        (line["transaction_type"], line["stamps_delta"], line["recorded_offline"]) for line in reversed(lines)
    ]


@pytest.mark.parametrize("site", ["production", "demo"], indirect=True)
def test_a_card_is_made_found_by_camera_stamped_full_and_redeemed(site, device, looking_at):
    phone = device(PHONE).new_page()
    enrol(phone, "Claudine Feltes", "claudine@example.com")
    number = phone.locator(".qr-box p").inner_text()
    code = phone.locator(".qr-box svg.qr").screenshot()
    phone.get_by_role("link", name="Open my card").click()
    expect(phone.get_by_role("heading", name="6 more stamps for: a loaf of bread")).to_be_visible()

    letter = site.letter_to("claudine@example.com")
    assert letter["Subject"] == "Your card at Bäckerei Alzette"
    assert phone.url in letter.get_body(("plain",)).get_content()

    till = sign_in(device(TABLET, of=looking_at(code))).shows("card")
    expect(till.text("#customer-name")).to_have_text("Claudine Feltes")
    till.press("Add 1 stamp").says("+1 stamp", "Claudine Feltes now has 1 of 6.").press("Next customer")
    till.shows("scan").scan(number).shows("card")
    till.press("Add 1 stamp").says("+1 stamp", "now has 2 of 6").press("Next customer")
    for count, words in enumerate(("claudine@example.com", "Claudine Feltes", number), start=3):
        till.shows("scan").find(words).shows("card")
        till.press("Add 1 stamp").says("+1 stamp", f"now has {count} of 6").press("Next customer")
    till.shows("scan").find(number).shows("card").press("Add 1 stamp")
    till.says("+1 stamp", "Claudine Feltes has a full card: a loaf of bread.").press("Next customer")
    phone.reload()
    expect(phone.get_by_role("heading", name="Your reward is ready: a loaf of bread")).to_be_visible()

    till.shows("scan").find(number).shows("card").press("Redeem")
    till.says("Redeemed: a loaf of bread", "now has 0 of 6")

    phone.reload()
    expect(phone.get_by_role("heading", name="6 more stamps for: a loaf of bread")).to_be_visible()
    history = phone.get_by_role("region", name="History").get_by_role("listitem")
    expect(history.first).to_contain_text("Reward redeemed")
    expect(history.first).to_contain_text("−6 stamps")
    stamped = [("stamp_earned", 1, False)] * 6
    assert ledger(till, number) == [("card_created", 0, False), *stamped, ("stamp_redeemed", -6, False)]
    site.manage("verify_ledger")


@pytest.mark.parametrize("site", ["production"], indirect=True)
def test_stamps_wait_through_a_reload_without_a_network_and_arrive_once(site, device):
    phone = device(PHONE).new_page()
    enrol(phone, "Jules Reding", "jules@example.com")
    number = phone.locator(".qr-box p").inner_text()
    tablet = device(TABLET)
    till = sign_in(tablet).shows("scan")
    till.page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    tablet.set_offline(True)
    for _ in range(2):
        till.scan(number).shows("card").press("Add 1 stamp").says("+1 stamp", note="Saved on this device.")
        till.press("Next customer").shows("scan")
    till.page.reload()
    till.is_ready().shows("scan")
    expect(till.text("#net-text")).to_have_text("Offline · 2 waiting")
    tablet.set_offline(False)

    expect(till.text("#net-text")).to_have_text("Online", timeout=20_000)
    waited = ("stamp_earned", 1, True)
    assert ledger(till, number) == [("card_created", 0, False), waited, waited]
    site.manage("verify_ledger")


@pytest.mark.parametrize("site", ["production", "demo"], indirect=True)
def test_the_owner_sees_that_the_mail_went_out(site, device):
    phone = device(PHONE).new_page()
    enrol(phone, "Mette Wagner", "mette@example.com")
    site.letter_to("mette@example.com")

    desk = device(TABLET).new_page()
    desk.goto("/admin/notifications/emaillog/")
    desk.get_by_label("E-mail").fill("owner@alzette.example")
    desk.locator("input[name=password]").fill("demo-owner")
    desk.keyboard.press("Enter")

    row = desk.get_by_role("row").filter(has_text="mette@example.com")
    expect(row).to_contain_text("sent")
