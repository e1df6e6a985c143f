"""Customers at the till, in a real browser: found, and enrolled."""

import re

import pytest
from playwright.sync_api import expect

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser.locked import held_calls, is_asked


def test_a_usb_scanner_is_heard_wherever_the_focus_is(open_till, anouk):
    open_till.text("#enrol-button").focus()
    open_till.scan(anouk.qr_code_data).shows("card")
    expect(open_till.text("#customer-name")).to_have_text("Anouk Weber")

    open_till.press("Done").shows("scan")
    open_till.text("#query").focus()
    open_till.scan(anouk.qr_code_data.lower()).shows("card")


def test_a_scan_with_caps_lock_in_the_middle_of_a_result_brings_the_next_card(open_till, shop, anouk):
    pol = factories.card(shop.store, name="Pol Schmit")
    open_till.scan(anouk.qr_code_data).shows("card").press("Add 1 stamp").says("+1 stamp")

    open_till.scan(pol.qr_code_data)

    expect(open_till.text("#customer-name")).to_have_text("Pol Schmit")


def test_a_name_that_several_have_is_offered_for_choice(open_till, shop):
    factories.card(shop.store, email="anna.1@example.com", name="Anna Weber")
    factories.card(shop.store, email="anna.2@example.com", name="Anna Weber")

    open_till.find("Anna")
    expect(open_till.page.get_by_role("dialog", name="Which card?")).to_be_visible()
    open_till.press("Anna Weber anna.1@example.com").shows("card")


def test_a_mistyped_number_stays_in_the_field_to_be_mended(open_till, anouk):
    number = factories.fresh(anouk).display_number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    open_till.find(wrong).says("Please check", "slip").press("Back").shows("scan")
    expect(open_till.text("#query")).to_have_value(wrong)
    open_till.find(number).shows("card")


def test_whoever_is_not_found_can_be_enrolled_with_what_was_typed(open_till, shop):
    open_till.find("jules@example.com").says("Card not found").press("New customer").shows("enrol")
    expect(open_till.page.get_by_label(re.compile("^E-mail"))).to_have_value("jules@example.com")

    open_till.page.get_by_label(re.compile("^Name")).fill("Jules Reding")
    open_till.page.get_by_label(re.compile("^Phone")).fill("621 123 456")
    open_till.press("Make the card").says("Welcome, Jules Reding").press("Open the card").shows("card")

    expect(open_till.text("#customer-name")).to_have_text("Jules Reding")
    with factories.inside(shop):
        jules = factories.Customer.objects.get(email="jules@example.com")
    assert (jules.phone, jules.marketing_consent) == ("+352621123456", False)


def test_errors_of_the_form_stand_beside_their_field_and_nothing_typed_is_lost(open_till):
    open_till.press("New customer").shows("enrol")
    open_till.page.get_by_label(re.compile("^E-mail")).fill("jules")
    open_till.press("Make the card")
    expect(open_till.text("#enrol-email-error")).to_have_text(
        "Enter an e-mail address, like anouk@example.com."
    )
    expect(open_till.page.get_by_label(re.compile("^E-mail"))).to_be_focused()

    open_till.page.get_by_label(re.compile("^Name")).fill("Jules Reding")
    open_till.page.get_by_label(re.compile("^E-mail")).fill("jules@gmail.con")
    open_till.page.get_by_label(re.compile("^Phone")).focus()
    expect(open_till.page.get_by_role("button", name="jules@gmail.com")).to_be_visible()
    open_till.page.get_by_label(re.compile("^E-mail")).fill("jules@müller.lu")
    open_till.page.get_by_label(re.compile("^Phone")).fill("12")
    open_till.press("Make the card")

    expect(open_till.text("#enrol-phone-error")).to_be_visible()
    expect(open_till.page.get_by_label(re.compile("^Name"))).to_have_value("Jules Reding")


def test_somebody_with_a_card_gets_it_back(open_till, shop, anouk):
    open_till.press("New customer").shows("enrol")
    open_till.page.get_by_label(re.compile("^Name")).fill("Anouk Weber")
    open_till.page.get_by_label(re.compile("^E-mail")).fill("anouk@example.com")

    open_till.press("Make the card").says("Has a card already", f"It works at: {shop.store.name}")

    open_till.press("Open the card").shows("card")


def test_one_tap_makes_a_card_for_nobody_in_particular_to_be_taken_along(open_till, shop):
    open_till.count_taps().press("New card")
    expect(open_till.page.get_by_role("dialog", name="Scan this to take the card along")).to_be_visible()
    assert open_till.taps == 1
    with factories.inside(shop):
        card = LoyaltyCard.objects.select_related("customer").get()
    assert (card.customer.name, card.customer.email, card.customer.phone) == ("", None, "")
    expect(open_till.text("#take-card-number")).to_have_text(card.display_number)

    picture = open_till.text("#take-card-picture")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    box = picture.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 300
    assert picture.get_attribute("src").endswith(f"/card/{card.access_token}/take-along.svg")

    open_till.press("Open the card").shows("card")
    expect(open_till.text("#customer-name")).to_contain_text(card.display_number[-4:])


def test_a_card_that_is_made_late_leaves_no_question_behind(timed_till, shop):
    with held_calls(timed_till, re.compile(r"/cards/$")) as held:
        timed_till.press("New card")
        is_asked(timed_till, held)
        timed_till.page.clock.run_for(3_000)
        timed_till.says("No answer yet")

    expect(timed_till.text("#take-card")).to_be_visible()
    timed_till.press("Open the card").shows("card")
    expect(timed_till.text("dialog[open]")).to_have_count(0)


def test_behind_the_lock_nobody_takes_a_card_along(timed_till, shop):
    timed_till.press("New card")
    expect(timed_till.text("#take-card")).to_be_visible()

    timed_till.page.clock.run_for(600_000)

    timed_till.shows("lock")
    expect(timed_till.text("#take-card")).to_be_hidden()


def test_the_next_card_is_scanned_while_a_new_one_is_being_taken_along(open_till, shop, anouk):
    open_till.press("New card")
    expect(open_till.text("#take-card")).to_be_visible()

    open_till.scan(anouk.qr_code_data).shows("card")

    expect(open_till.text("#customer-name")).to_have_text("Anouk Weber")
    expect(open_till.text("#take-card")).to_be_hidden()


@pytest.mark.parametrize("number", ["+352 621 123 456", "0621/12.34.56", "(621) 123-456"])
def test_a_phone_number_that_nobody_has_is_filled_in_however_it_was_typed(open_till, number):
    open_till.find(number).says("Card not found").press("New customer").shows("enrol")

    expect(open_till.page.get_by_label(re.compile("^Phone"))).to_have_value(number)
