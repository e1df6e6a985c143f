"""The console by keyboard alone: past the menu, and through its search."""

import pytest
from playwright.sync_api import expect

from tests.browser.console import enter


def test_the_first_key_leads_past_the_menu(context, shop):
    page = enter(context, shop.owner)
    page.goto("/admin/loyalty/loyaltycard/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")


@pytest.mark.parametrize("field", ["first_name", None])
def test_the_search_opens_from_a_field_too_keeps_the_keyboard_and_leads_back(context, shop, anouk, field):
    page = enter(context, shop.owner)
    page.goto(f"/admin/customers/customer/{anouk.customer_id}/change/")
    before = page.locator(f"[name={field}]") if field else page.get_by_role("link", name="Overview")
    before.focus()
    page.keyboard.press("Control+k")
    typed = page.locator("#search-input-command")
    expect(typed).to_be_focused()
    page.keyboard.type("anouk")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 7:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null"), key
    page.keyboard.press("Escape")
    expect(typed).to_be_hidden()
    expect(before).to_be_focused()
