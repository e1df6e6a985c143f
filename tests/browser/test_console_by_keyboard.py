"""The console by keyboard alone: past the menu, and through its search."""

import re

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


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("customers/customer/{customer}", "birth_date", "yesterday"),
        ("loyalty/loyaltyprogram/{program}", "points_per_euro", "0"),
        ("loyalty/loyaltyprogram/{program}", "cooldown_minutes", "99999"),
    ],
)
def test_after_a_mistake_one_is_at_the_field_and_hears_what_is_wrong(
    context, shop, anouk, path, field, value
):
    page = enter(context, shop.owner)
    ids = {"customer": anouk.customer_id, "program": shop.program.pk}
    page.goto(f"/admin/{path.format(**ids)}/change/")
    typed = page.locator(f"[name={field}]")
    typed.evaluate("(field, value) => { field.form.noValidate = true; field.value = value; }", value)
    page.locator("button[name=_save]").click()
    expect(typed).to_have_attribute("aria-invalid", "true")
    expect(typed).to_be_focused()
    expect(typed).to_be_in_viewport()
    expect(typed).to_have_accessible_description(re.compile(r"\w+"))


TICKS = """() => [...document.querySelectorAll("input[type=checkbox], input[type=radio]")]
  .filter((one) => getComputedStyle(one).appearance === "none" || getComputedStyle(one, "::after").content !== "none")
  .map((one) => one.name)"""


@pytest.mark.parametrize("path", ["loyalty/loyaltycard/", "loyalty/promotion/add/", "tenancy/apikey/add/"])
def test_in_high_contrast_what_is_ticked_is_told_from_what_is_not(context, shop, anouk, path):
    page = enter(context, shop.owner)
    page.emulate_media(forced_colors="active")
    page.goto(f"/admin/{path}")
    expect(page.locator("input[type=checkbox]").first).to_be_attached()
    assert page.evaluate(TICKS) == []
