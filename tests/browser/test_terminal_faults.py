"""What a device may lack or lose: the till goes on as well as it can, and says so."""

import pytest
from playwright.sync_api import expect

from tests.browser.measure import findings
from tests.browser.test_terminal_offline import no_network
from tests.browser.till import balance, ledger

STRIP = "#strip-unkept"
REFUSED = """IDBFactory.prototype.open = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};"""
SILENT = "IDBFactory.prototype.open = () => new EventTarget();"
CLOSED_TWICE = """() => {
  const transaction = IDBDatabase.prototype.transaction;
  let left = 2;
  IDBDatabase.prototype.transaction = function (...about) {
    if (left-- > 0) this.close();
    return transaction.apply(this, about);
  };
}"""
FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (record) {
    const request = put.call(this, record);
    this.transaction.abort();
    return request;
  };
}"""
LACKS = {
    "IndexedDB": "delete Window.prototype.indexedDB; delete window.indexedDB",
    "Web Locks": "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})",
    "OffscreenCanvas": "delete window.OffscreenCanvas",
    "BroadcastChannel": "delete window.BroadcastChannel",
    "modules": "delete HTMLScriptElement.prototype.noModule",
}


def test_a_connection_that_is_closed_under_the_page_is_opened_once_more(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    origin = open_till.page.evaluate("location.origin")
    tools = open_till.context.new_cdp_session(open_till.page)
    tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})

    open_till.press("Add 1 stamp").says("+1 stamp", "Anouk Weber now has 1 of 10.").press("Next customer")
    expect(open_till.text(STRIP)).to_be_hidden()
    open_till.shows("scan").find("Anouk").shows("card")
    with no_network(open_till):
        open_till.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.")
    assert ledger(shop)[0].stamps_delta == 1


def test_a_connection_that_is_closed_again_while_it_is_opened_anew_is_no_loss(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    open_till.page.evaluate(CLOSED_TWICE)
    open_till.press("Add 1 stamp").says("+1 stamp", "Anouk Weber now has 1 of 10.").press("Next customer")
    expect(open_till.text(STRIP)).to_be_hidden()
    assert balance(anouk) == (1, 0)


def test_without_room_the_till_goes_on_with_the_network_alone_and_says_so(open_till, shop, anouk):
    open_till.find("Anouk").shows("card")
    open_till.page.evaluate(FULL)
    open_till.press("Add 1 stamp").says("+1 stamp", "now has 1 of 10").press("Next customer").shows("scan")
    expect(open_till.text(STRIP)).to_be_visible()

    open_till.find("Anouk").shows("card")
    with no_network(open_till):
        open_till.press("Add 1 stamp").says("No answer yet", "Hand nothing out yet.").press("Call it off")
        open_till.shows("card").scan(anouk.qr_code_data).says("Offline", "nothing can be done without")
    assert balance(anouk) == (1, 0)


@pytest.mark.parametrize("fault", [REFUSED, SILENT])
def test_a_device_that_refuses_to_keep_anything_is_a_till_all_the_same(till, shop, anouk, fault):
    till.page.add_init_script(fault)
    till.open(shop.store).unlock().shows("scan")
    expect(till.text(STRIP)).to_be_visible()
    assert findings(till.page) == []

    till.find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp").press("Next customer").shows(
        "scan"
    )
    assert balance(anouk) == (1, 0)


def test_what_goes_wrong_unforeseen_ends_in_an_offer_to_reload_and_in_no_dead_button(
    open_till, shop, anouk, complaints
):
    open_till.find("Anouk").shows("card")
    open_till.page.evaluate("void (crypto.randomUUID = () => { throw new Error('planted') })")
    open_till.press("Add 1 stamp")
    expect(open_till.text("#fault")).to_contain_text("Something went wrong")
    assert findings(open_till.page) == []
    assert balance(anouk) == (0, 0)

    open_till.press("Close")
    open_till.page.evaluate("delete crypto.randomUUID")
    open_till.press("Add 1 stamp").says("+1 stamp").press("Next customer")
    open_till.page.evaluate("void setTimeout(() => Promise.reject(new Error('planted')))")
    open_till.press("Reload").is_ready().shows("scan")

    assert balance(anouk) == (1, 0)
    assert all("planted" in complaint for complaint in complaints)
    complaints.clear()


def test_a_device_that_lacks_something_is_told_so_in_its_language(till, shop):
    for name, fault in LACKS.items():
        page = till.context.new_page()
        page.add_init_script(fault)
        page.goto(f"/terminal/{shop.store.store_code}/?lang=de")
        expect(page.get_by_role("heading", name="Dieses Gerät kann noch keine Kasse sein")).to_be_visible()
        expect(page.locator("#lacks-what")).to_have_text(name)
        page.close()


def test_without_javascript_the_page_says_that_it_needs_it(till, shop, browser, browser_context_args):
    state = till.context.storage_state()
    plain = browser.new_context(
        **browser_context_args | {"java_script_enabled": False, "storage_state": state}
    )
    page = plain.new_page()
    page.goto(f"/terminal/{shop.store.store_code}/?lang=fr")
    expect(page.get_by_role("heading", name="La caisse n’a pas démarré")).to_be_visible()
    plain.close()


def test_keys_that_are_pressed_while_a_pin_is_asked_about_begin_the_next_one(till):
    till.page.keyboard.type("9999")
    till.page.keyboard.press("Enter")
    till.page.keyboard.type("4711")
    till.page.keyboard.press("Enter")
    till.shows("scan")


def test_a_pin_that_is_typed_as_fast_as_a_scanner_types_unlocks(till, shop, anouk):
    till.page.locator("#people").get_by_text("Marc", exact=True).click()
    till.scan(anouk.display_number.replace("-", "")).shows("lock")
    expect(till.text("#pin-count")).to_have_text("0 digits")
    till.scan("80524613").shows("scan")
    expect(till.text("#staff-name")).to_have_text("Marc")
