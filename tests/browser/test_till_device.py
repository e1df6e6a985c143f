"""A tablet becomes a till with a code, works without anybody's password, and loses nothing when it is revoked."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tenancy import tills
from tenancy.errors import TillCodeWrong, TillRevoked
from tests import factories
from tests.browser.console import WCAG, enter
from tests.browser.measure import AXE, FINDINGS, findings, sideways, too_small
from tests.browser.test_terminal_offline import is_sent, no_network
from tests.browser.till import Till, balance, ledger


def new_code(shop: factories.Shop, name: str = "Counter 1") -> str:
    with factories.inside(shop):
        return tills.make(store=shop.store, name=name, by=shop.owner)[1]


def enrol(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Set up this till").click()


def revoke(shop: factories.Shop) -> None:
    with factories.inside(shop):
        tills.revoke(till=tills.Till.objects.get(revoked_at=None))


@pytest.fixture
def tablet(context: BrowserContext, shop: factories.Shop) -> Till:
    """A device that has just become the till of the shop."""
    till = Till(context)
    till.page.goto("/terminal/")
    enrol(till.page, new_code(shop))
    return till.is_ready().shows("lock")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
def test_a_tablet_becomes_a_till_and_stamps_without_anybodys_password(context, shop, anouk, width, height):
    till = Till(context)
    till.page.set_viewport_size({"width": width, "height": height})
    till.page.goto("/terminal/")
    assert (too_small(till.page), sideways(till.page), findings(till.page)) == ([], 0, [])
    code = new_code(shop)
    enrol(till.page, f"{code[:4]}-{code[4:]}".lower())

    till.is_ready().shows("lock")
    expect(till.text(".lock-foot")).to_have_text("Counter 1")
    assert (too_small(till.page), sideways(till.page), findings(till.page)) == ([], 0, [])
    till.unlock().shows("scan").find("Anouk").shows("card").press("Add 1 stamp").says("+1 stamp")

    (line,) = ledger(shop)
    assert (line.stamps_delta, line.staff_pin.name, line.user_id) == (1, "Léa", None)
    assert line.till_id is not None


def test_a_scanned_code_is_filled_in_and_waits_for_a_press(context, shop):
    code = new_code(shop)
    till = Till(context)
    till.page.goto(f"/terminal/?code={code}")
    expect(till.page.get_by_label("Code")).to_have_value(code)

    till.page.get_by_role("button", name="Set up this till").click()

    till.is_ready().shows("lock")


def test_a_till_is_not_signed_out_when_it_is_opened_again(tablet, shop):
    tablet.page.goto("/terminal/")
    tablet.is_ready().shows("lock")
    expect(tablet.page).to_have_url(
        f"{tablet.page.url.split('/terminal/')[0]}/terminal/{shop.store.store_code}/"
    )


def test_a_wrong_code_is_said_beside_the_field(context, shop):
    till = Till(context)
    till.page.goto("/terminal/")
    enrol(till.page, "WRONG")
    expect(till.page.get_by_label("Code")).to_have_accessible_description(str(TillCodeWrong.message))
    expect(till.page.get_by_label("Code")).to_have_value("WRONG")
    assert findings(till.page) == []


def test_what_waits_on_a_revoked_till_is_kept_and_sent_once_it_is_one_again(tablet, shop, anouk):
    tablet.unlock().shows("scan").find("Anouk").shows("card")
    with no_network(tablet):
        tablet.press("Add 1 stamp").says("+1 stamp", note="Saved on this device.").press("Next customer")
        revoke(shop)
    tablet.says("No longer a till", note="1 action is kept on this device")
    assert balance(anouk) == (0, 0)

    tablet.press("Enter a new code")
    expect(tablet.page.get_by_text("This device is not a till of the shop any more.")).to_be_visible()
    enrol(tablet.page, new_code(shop, "Counter 1 again"))
    tablet.is_ready().shows("lock").unlock().shows("scan")
    is_sent(tablet)

    assert balance(anouk) == (1, 0)
    (line,) = ledger(shop)
    assert (line.staff_pin.name, line.recorded_offline) == ("Léa", True)


def test_a_revoked_till_says_so_when_the_next_person_types_their_pin(tablet, shop):
    tablet.page.wait_for_load_state("networkidle")  # what a start asks for would be told of it earlier
    revoke(shop)
    tablet.unlock().says("No longer a till")
    tablet.press("Enter a new code")
    expect(tablet.page.get_by_role("heading", name="Make this device a till")).to_be_visible()


def test_a_manager_makes_a_till_shows_its_code_and_revokes_it_with_two_clicks(context, shop):
    page = enter(context, shop.manager)
    page.goto("/admin/tenancy/till/add/")
    page.fill("[name=name]", "Counter 1")
    page.locator("button[name=_save]").click()
    for width, height in ((820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert (complained(page), sideways(page)) == ([], 0)
    _row, token = tills.pair(code=page.locator("#till-code").inner_text())

    page.goto("/admin/tenancy/till/")
    expect(page.get_by_text("in use")).to_be_visible()
    assert (complained(page), sideways(page)) == ([], 0)
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke this till").click()

    expect(page.get_by_text("The device is no longer a till.")).to_be_visible()
    with pytest.raises(TillRevoked):
        tills.recognise(token)


def complained(page: Page) -> list[str]:
    """What axe finds fault with on a page of the console, in light and in dark."""
    page.evaluate(f"typeof axe === 'undefined' && (() => {{ {AXE.read_text()} }})()")
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += page.evaluate(FINDINGS, WCAG)
    return found
