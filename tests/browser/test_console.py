"""The console in a real browser: what each role does every day, and whether its pages are for everybody."""

import pytest
from playwright.sync_api import expect

from loyalty.models import CardBatch
from tests import factories
from tests.browser.console import enter, faults
from tests.browser.measure import sideways


def test_a_missing_stamp_is_found_and_given(context, shop, anouk):
    page = enter(context, shop.manager)
    page.get_by_role("link", name="Cards", exact=True).first.click()  # in the menu
    page.locator("#searchbar").fill("anouk")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=anouk.display_number).click()
    page.get_by_role("link", name="Give stamps").click()
    page.get_by_label("Reason").fill("The till had no network")
    page.get_by_role("button", name="Give stamps").click()
    expect(page.get_by_text("1 stamp was given.")).to_be_visible()
    expect(page.get_by_text("The till had no network")).to_be_visible()
    assert factories.fresh(anouk).stamp_count == 1


def test_a_missing_stamp_is_given_in_a_browser_without_scripts(browser, browser_context_args, shop, anouk):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = enter(context, shop.manager)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/give_stamp/")
    page.get_by_label("Reason").fill("The till had no network")
    page.get_by_role("button", name="Give stamps").click()
    expect(page.get_by_text("1 stamp was given.")).to_be_visible()
    context.close()
    assert factories.fresh(anouk).stamp_count == 1


def test_a_card_that_was_deleted_by_mistake_comes_back(context, shop, anouk):
    page = enter(context, shop.owner)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/change/")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="sure").click()
    expect(page).to_have_url("/admin/loyalty/loyaltycard/")
    assert factories.fresh(anouk).is_deleted
    page.goto("/admin/loyalty/loyaltycard/?deleted=only")
    page.get_by_role("link", name=anouk.display_number).click()
    expect(page.get_by_text(shop.owner.email).first).to_be_visible()
    page.get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: 1 card.")).to_be_visible()
    assert not factories.fresh(anouk).is_deleted


def test_what_was_done_is_read_by_the_owner(context, shop, anouk):
    page = enter(context, shop.manager)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/give_stamp/")
    page.get_by_label("Reason").fill("Forgotten")
    page.get_by_role("button", name="Give stamps").click()
    expect(page.get_by_text("1 stamp was given.")).to_be_visible()
    page.context.clear_cookies()
    page = enter(context, shop.owner)
    page.get_by_role("link", name="History", exact=True).click()
    line = page.locator("#result_list tbody tr").first
    expect(line).to_contain_text(shop.manager.email)
    expect(line).to_contain_text("Give stamps")
    expect(line).to_contain_text(anouk.display_number)


def test_a_manager_sees_what_the_program_looks_like(context, shop):
    page = enter(context, shop.manager)
    page.get_by_role("link", name="Loyalty program", exact=True).click()
    expect(page.frame_locator("[data-frame]").locator(".pass").first).to_contain_text("7/10")
    expect(page.locator("button[name=_save]")).to_have_count(0)


def test_a_birthday_is_asked_for_without_a_word_of_clocks_and_a_moment_with_its_zone(
    browser, browser_context_args, attentive, shop, anouk
):
    context = browser.new_context(**browser_context_args | {"timezone_id": "America/New_York"})
    attentive(context)
    page = enter(context, shop.owner)
    page.goto(f"/admin/customers/customer/{anouk.customer_id}/change/")
    expect(page.locator("[name=birth_date]")).to_be_visible()
    expect(page.locator(".timezonewarning:visible")).to_have_count(0)
    page.goto("/admin/tenancy/apikey/add/")
    expect(page.locator("[name=expires_at_1]")).to_be_visible()
    expect(page.locator(".timezonewarning:visible")).to_have_count(0)
    expect(page.get_by_text("Time zone: Europe/Luxembourg.")).to_be_visible()
    context.close()


def test_a_menu_of_buttons_opens_by_keyboard_alone(context, shop, anouk):
    page = enter(context, shop.owner)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/change/")
    page.get_by_role("button", name="More", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Send the link")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/loyalty/loyaltycard/",
        "/admin/loyalty/loyaltycard/{card}/change/",
        "/admin/loyalty/loyaltycard/{card}/give_stamp/",
        "/admin/loyalty/loyaltycard/import/",
        "/admin/tenancy/backgroundjob/",
        "/admin/loyalty/loyaltyprogram/{program}/change/",
        "/admin/customers/customer/{customer}/change/",
        "/admin/tenancy/store/{store}/delete/",
        "/admin/loyalty/loyaltycard/{card}/history/",
        "/admin/loyalty/staffpin/add/",
        "/admin/tenancy/apikey/",
        "/admin/tenancy/apikey/add/",
        "/admin/tenancy/till/add/",
        "/admin/tenancy/historyentry/",
    ],
)
def test_a_page_of_the_console_is_for_everybody(context, shop, anouk, address):
    ids = {
        "card": anouk.pk,
        "program": shop.program.pk,
        "customer": anouk.customer_id,
        "store": shop.other_store.pk,
    }
    page = enter(context, shop.owner)
    page.goto(address.format(**ids))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert faults(page) == [], scheme
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address.format(**ids))
    assert sideways(page) <= 0


# Clicks on a button, and which of them are sent; none is, so that the page stays.
CLICKS = """(button) => {
  const sent = [];
  const look = (event) => { sent.push(!event.defaultPrevented); event.preventDefault(); };
  addEventListener("submit", look);
  button.click();
  button.click();
  dispatchEvent(new Event("pageshow"));
  button.click();
  dispatchEvent(new Event("pageshow"));
  removeEventListener("submit", look);
  return sent;
}"""


def test_a_second_click_on_save_adds_nothing_more(context, shop):
    page = enter(context, shop.manager)
    page.goto("/admin/loyalty/cardbatch/add/")
    page.get_by_label("Name").fill("Spring")
    page.get_by_label("Number of cards").fill("2")
    page.locator("#id_store").select_option(label=shop.store.name)
    assert page.locator("button[name=_save]").evaluate(CLICKS) == [True, False, True], (
        "the last one after going back"
    )
    page.locator("button[name=_save]").dblclick()
    expect(page.get_by_text("successfully")).to_be_visible()
    with factories.inside(shop):
        assert [(batch.name, batch.count) for batch in CardBatch.objects.all()] == [("Spring", 2)]
