"""What Safari's engine does otherwise than Chromium: addresses, storage, and reading codes, in Debian's WebKit."""

import json

import pytest

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.test_terminal_codes import EAN, ean_13
from tests.browser.till import balance
from tests.browser.webkit import IS_HERE, WebKitPage, webkit

pytestmark = pytest.mark.skipif(not IS_HERE, reason="apt-get install webkit2gtk-driver xvfb")

INTERNATIONAL = "zoe@müller.lu"
FORGET = """await new Promise((done, failed) => {
  const forgetting = indexedDB.deleteDatabase("till");
  forgetting.onsuccess = done;
  forgetting.onerror = forgetting.onblocked = failed;
});"""
HEAR_OF_LOSS = """window.lost = [];
console.info = (...words) => window.lost.push(words.map(String));
"""
FULL = """const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (record) {
  const request = put.call(this, record);
  this.transaction.abort();
  return request;
};"""
READER = """const { worker, zxing, wasm } = document.getElementById("camera").dataset;
const reader = new Worker(worker, { type: "module" });
const answer = (message, moved = []) => new Promise((done, failed) => {
  reader.onmessage = ({ data }) => done(data);
  reader.onerror = failed;
  reader.postMessage(message, moved);
});
const absolute = (address) => new URL(address, location.href).href;
const ready = await answer({ zxing: absolute(zxing), wasm: absolute(wasm) });
const canvas = new OffscreenCanvas(480, 480);
const context = canvas.getContext("2d");
context.fillStyle = "#fff";
context.fillRect(0, 0, 480, 480);
context.fillStyle = "#000";
"""
READ = """const frame = await createImageBitmap(canvas);
const { code } = await answer({ frame }, [frame]);
return [ready.ready, code];"""
QR = """const picture = new Image();
picture.src = arguments[0];
await picture.decode();
context.drawImage(picture, 20, 20, 440, 440);
"""
BARS = """[...arguments[0]].forEach((bar, place) => bar === "1" && context.fillRect(50 + 4 * place, 150, 4, 180));
"""


@pytest.fixture
def safari(live_server, shop: factories.Shop):
    """The till of the shop in WebKit, with Léa at it."""
    with webkit(live_server.url) as page:
        page.open("/login/").type("input[name=username]", shop.staff.email)
        page.type("input[name=password]", factories.PASSWORD).click("main button[type=submit]")
        page.shows("document.documentElement.dataset.ready")
        for digit in factories.PIN:
            page.click(f"#pin-keys [data-key='{digit}']")
        page.click("#pin-keys [data-key=enter]")
        yield on(page, "scan")


def on(page: WebKitPage, screen: str) -> WebKitPage:
    return page.shows(f"document.body.dataset.screen === {json.dumps(screen)}")


def with_card(page: WebKitPage, card: LoyaltyCard) -> WebKitPage:
    page.type("#query", card.display_number).click("#find-button")
    return on(page, "card")


def says(page: WebKitPage, title: str) -> None:
    page.shows(f"document.getElementById('result-title').textContent === {json.dumps(title)}")


def test_an_international_address_is_taken_at_the_till_and_on_the_page(safari, shop):
    on(safari.click("#enrol-button"), "enrol").type("#enrol-email", INTERNATIONAL)
    assert safari.run("return document.getElementById('enrol-email').checkValidity()") is False
    safari.click("#enrol-submit")
    safari.shows("document.getElementById('result').open || document.body.dataset.screen === 'card'")

    safari.open(f"/join/{shop.store.store_code}/").type("input[name=email]", f"ann.{INTERNATIONAL}")
    safari.click("main form button[type=submit]").shows("location.pathname.endsWith('/done/')")
    with factories.inside(shop):
        emails = set(factories.Customer.objects.values_list("email", flat=True))
    assert emails == {INTERNATIONAL, f"ann.{INTERNATIONAL}"}


def test_storage_that_is_taken_away_is_opened_once_more(safari, anouk):
    with_card(safari, anouk)
    safari.run(HEAR_OF_LOSS + FORGET)
    safari.click("#stamp-button")
    says(safari, "+1 stamp")
    assert safari.run("return window.lost") == []
    assert balance(anouk) == (1, 0)


def test_without_room_the_till_goes_on_with_the_network_and_says_so(safari, anouk):
    with_card(safari, anouk)
    safari.run(FULL)
    safari.click("#stamp-button")
    says(safari, "+1 stamp")
    assert safari.run("return document.getElementById('strip-unkept').hidden") is False
    assert balance(anouk) == (1, 0)


def test_codes_are_read(safari, anouk):
    picture = f"/card/{anouk.access_token}/take-along.svg"
    assert safari.run(READER + QR + READ, picture)[0] is True
    assert safari.run(READER + QR + READ, picture)[1].endswith(f"/card/{anouk.access_token}/")
    assert safari.run(READER + BARS + READ, ean_13(EAN)) == [True, EAN]
