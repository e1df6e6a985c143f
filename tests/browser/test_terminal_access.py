"""The terminal for everybody: by keyboard alone, on a narrow screen, with big fingers, in four languages."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.measure import sideways, too_small
from tests.browser.till import Till, balance


def test_a_stamp_with_the_keyboard_alone(till, anouk):
    keys = till.page.keyboard
    keys.press("ArrowDown")  # from Léa to Marc
    keys.type("80524613", delay=80)
    keys.press("Enter")
    till.shows("scan")

    keys.type("Anouk Weber", delay=80)
    keys.press("Enter")
    till.shows("card")
    expect(till.text("#earn-button")).to_be_focused()
    keys.press("Shift+Tab")
    expect(till.text("#stamp-button")).to_be_focused()
    keys.press("Enter")
    till.says("+1 stamp")
    keys.press("Enter")
    till.shows("scan")

    assert balance(anouk) == (1, 0)


def test_escape_leads_back_step_by_step(open_till, anouk):
    open_till.find("Anouk").shows("card").press("Earn points").shows("amount")
    keys = open_till.page.keyboard

    keys.type("1240", delay=80)
    expect(open_till.text("#amount")).to_have_text("€12.40")
    keys.press("Escape")
    open_till.shows("card")
    keys.press("Escape")
    open_till.shows("scan")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (820, 1180), (1280, 800)])
def test_everything_fits_and_can_be_hit(till, shop, anouk, width, height):
    page = till.page
    page.set_viewport_size({"width": width, "height": height})
    seen = {"lock": (too_small(page), sideways(page))}
    till.unlock().shows("scan")
    seen["scan"] = (too_small(page), sideways(page))
    till.press("New customer").shows("enrol")
    seen["enrol"] = (too_small(page), sideways(page))
    page.keyboard.press("Escape")
    till.find("Anouk").shows("card")
    seen["card"] = (too_small(page), sideways(page))
    till.press("Redeem")
    expect(till.text("dialog[open]")).to_be_visible()  # its part may still be on its way
    seen["rewards"] = (too_small(page), sideways(page))
    page.keyboard.press("Escape")
    expect(till.text("dialog[open]")).to_have_count(0)
    till.press("Earn points").shows("amount")
    seen["amount"] = (too_small(page), sideways(page))
    page.keyboard.press("Escape")
    till.press("Add 1 stamp").says("+1 stamp")
    seen["result"] = (too_small(page), sideways(page))

    assert seen == dict.fromkeys(seen, ([], 0))


def test_on_a_phone_recent_transactions_are_a_screen_of_their_own(open_till, shop, anouk):
    open_till.page.set_viewport_size({"width": 390, "height": 844})
    expect(open_till.text("#log")).to_be_hidden()

    open_till.press("Recent")
    expect(open_till.page.get_by_role("heading", name="Recent")).to_be_focused()
    open_till.press("Back")

    expect(open_till.text("#query")).to_be_visible()


def test_the_language_is_chosen_at_the_till_and_the_person_stays(open_till):
    open_till.text("#language").select_option("fr")

    open_till.is_ready().shows("scan")
    expect(open_till.page.locator("html")).to_have_attribute("lang", "fr")
    expect(open_till.text("#staff-name")).to_have_text("Léa")


def test_the_result_is_told_to_screen_readers(open_till, anouk):
    open_till.find("Anouk").shows("card").press("Add 1 stamp")

    dialog = open_till.page.get_by_role("dialog", name="+1 stamp")
    expect(dialog).to_have_accessible_description("Anouk Weber now has 1 of 10.")
    expect(dialog.get_by_role("button", name="Next customer")).to_be_focused()


def test_the_sign_in_page_works_without_any_script(browser, browser_context_args, shop):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = Till(context).sign_in(shop.owner).page

    expect(page.get_by_role("heading", name="Which store?")).to_be_visible()
    page.get_by_role("link", name=shop.other_store.name).click()
    expect(page).to_have_title(f"Till · {shop.other_store.name}")
    context.close()


def test_stamps_of_a_long_card_stay_round_and_inside(till_of):
    shop = factories.shop(stamps_target=50)
    factories.card(shop.store, name="Anouk Weber", stamps=23)
    till = till_of(shop)
    till.page.set_viewport_size({"width": 320, "height": 640})
    till.find("Anouk").shows("card")

    boxes = till.page.evaluate(
        """() => [...document.querySelectorAll("#stamps li")].map((one) => [one.offsetWidth, one.offsetHeight])"""
    )
    assert len(boxes) == 50
    assert all(abs(width - height) <= 1 for width, height in boxes)
    assert sideways(till.page) == 0
