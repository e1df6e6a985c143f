"""A customer with their phone: getting a card, showing it, keeping it."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard
from loyalty.services import cards, points
from tests import factories

LEFT_ON_THIS_DEVICE = "caches.keys().then((names) => names.length)"


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


@pytest.fixture
def form(phone: Page, shop: factories.Shop) -> Page:
    """The enrolment form of the shop."""
    phone.goto(f"/join/{shop.store.store_code}/")
    return phone


def fill(form: Page, **typed: str) -> None:
    for label, text in typed.items():
        form.get_by_label(re.compile(f"^{label.replace('_', '-')}")).fill(text)


def submit(form: Page) -> None:
    form.get_by_role("button", name="Get my card").click()


def customers(of: factories.Shop) -> list[factories.Customer]:
    with factories.inside(of):
        return list(factories.Customer.objects.order_by("pk"))


# --- Getting a card ---------------------------------------------------------------------------------------


def test_a_name_and_an_address_are_enough_for_a_card(form, shop):
    assert form.get_by_label(re.compile("^Name")).bounding_box()["y"] < 620  # of 844
    fill(form, Name="Anouk Weber", E_mail="anouk@example.com")
    submit(form)

    expect(form.get_by_role("heading", name="Your card is ready")).to_be_visible()
    form.get_by_role("link", name="Open my card").click()
    expect(form.get_by_text("Anouk’s card")).to_be_visible()
    (anouk,) = customers(shop)
    assert (anouk.email, anouk.phone, anouk.marketing_consent) == ("anouk@example.com", "", False)


def test_what_runs_today_does_not_push_the_form_down_on_a_phone(form, shop):
    field = form.get_by_label(re.compile("^Name"))
    before = field.bounding_box()
    factories.promotion(shop.program, "Happy hour")
    form.reload()
    expect(form.locator(".promotion")).to_be_visible()
    assert field.bounding_box() == before


def test_an_error_stands_beside_its_field_and_everything_typed_stays(form, shop):
    fill(form, Name="Anouk Weber", E_mail="anouk@example", Phone="621 123 456", Birthday="1990-02-28")
    form.get_by_label(re.compile("^Send me offers")).check()
    submit(form)

    address = form.get_by_label(re.compile("^E-mail"))
    expect(address).to_be_focused()
    expect(address).to_have_accessible_description(re.compile("Enter an e-mail address, like"))
    expect(form.get_by_role("alert")).to_contain_text("Everything you typed is still there.")
    expect(form.get_by_label(re.compile("^Name"))).to_have_value("Anouk Weber")
    expect(form.get_by_label(re.compile("^Phone"))).to_have_value("621 123 456")
    expect(form.get_by_label(re.compile("^Birthday"))).to_have_value("1990-02-28")
    expect(form.get_by_label(re.compile("^Send me offers"))).to_be_checked()
    assert customers(shop) == []

    address.fill("anouk@example.com")
    submit(form)
    expect(form.get_by_role("heading", name="Your card is ready")).to_be_visible()
    (anouk,) = customers(shop)
    assert (anouk.phone, str(anouk.birth_date), anouk.marketing_consent) == (
        "+352621123456",
        "1990-02-28",
        True,
    )


def test_another_language_keeps_what_was_typed(form):
    fill(form, Name="Anouk Weber", E_mail="anouk@example.com")
    form.get_by_label(re.compile("^Send me offers")).check()
    form.locator(".language-menu summary").click()
    form.get_by_role("link", name="Français").click()

    expect(form.locator("html")).to_have_attribute("lang", "fr")
    expect(form.locator("input[name=name]")).to_have_value("Anouk Weber")
    expect(form.locator("input[name=email]")).to_have_value("anouk@example.com")
    expect(form.locator("input[name=marketing_consent]")).to_be_checked()


def test_two_quick_taps_are_one_card(form, shop):
    fill(form, Name="Anouk Weber", E_mail="anouk@example.com")
    form.get_by_role("button", name="Get my card").dblclick()

    expect(form.get_by_role("heading", name="Your card is ready")).to_be_visible()
    assert len(customers(shop)) == 1


def test_whoever_has_a_card_is_told_where_it_works_and_nothing_else(form, shop, anouk):
    fill(form, Name="Somebody Else", E_mail="anouk@example.com")
    submit(form)

    expect(form.get_by_role("heading", name="You already have a card")).to_be_visible()
    expect(form.get_by_role("main")).to_contain_text(shop.store.name)
    expect(form.get_by_role("main")).to_contain_text("We have just sent its link to the e-mail address")
    expect(form.get_by_role("main")).not_to_contain_text("Anouk")
    expect(form.get_by_role("main")).not_to_contain_text(anouk.display_number)
    assert [person.first_name for person in customers(shop)] == ["Anouk"]


def test_a_card_can_be_had_with_the_keyboard_alone(form):
    keys = form.keyboard
    keys.press("Tab")
    expect(form.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    for text in ("Anouk Weber", "anouk@example.com", "621123456"):
        keys.type(text)
        keys.press("Tab")
    keys.press("Enter")

    expect(form.get_by_role("heading", name="Your card is ready")).to_be_visible()


def test_a_card_can_be_had_without_any_script(browser, browser_context_args, shop):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    page.goto(f"/join/{shop.store.store_code}/")
    fill(page, Name="Anouk Weber", E_mail="anouk@example.com")
    submit(page)
    page.get_by_role("link", name="Open my card").click()

    expect(page.locator(".qr-box svg.qr")).to_be_visible()
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()
    context.close()


# --- The card ---------------------------------------------------------------------------------------------


@pytest.fixture
def card(phone: Page, anouk: LoyaltyCard) -> Page:
    """Anouk's card, open on her phone."""
    phone.goto(f"/card/{anouk.access_token}/")
    return phone


def test_the_code_fills_a_white_screen_and_goes_with_a_tap_or_escape(card):
    card.emulate_media(color_scheme="dark")
    card.get_by_role("button", name="Full screen").click()
    sheet = card.get_by_role("dialog")
    expect(sheet.locator("svg")).to_be_visible()
    expect(sheet).to_have_css("background-color", "rgb(255, 255, 255)")

    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()
    card.get_by_role("button", name="Full screen").click()
    card.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(card.get_by_role("button", name="Full screen")).to_be_focused()


def test_the_language_is_chosen_on_the_card_and_remembered(card, anouk):
    card.locator(".language-menu summary").click()
    card.get_by_role("link", name="Lëtzebuergesch").click()
    expect(card.locator("html")).to_have_attribute("lang", "lb")

    card.goto(f"/card/{anouk.access_token}/history/")
    expect(card.locator("html")).to_have_attribute("lang", "lb")


def test_the_language_menu_closes_like_a_menu(card):
    french = card.get_by_role("link", name="Français")
    card.locator(".language-menu summary").click()
    expect(french).to_be_visible()
    card.keyboard.press("Escape")
    expect(french).to_be_hidden()

    card.locator(".language-menu summary").click()
    card.get_by_role("heading", name="My data").click()
    expect(french).to_be_hidden()


def test_the_card_opens_without_a_network_and_says_of_when_it_is(card, context):
    expect(card.get_by_text("This device keeps a copy of this page")).to_be_visible()
    expect(card.get_by_text("No network: this is the copy")).to_be_hidden()

    context.set_offline(True)
    card.reload()

    expect(card.get_by_text("No network: this is the copy")).to_be_visible()
    expect(card.locator(".qr-box svg.qr")).to_be_visible()
    expect(card.locator(".pass")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")

    address = card.url
    card.goto(f"{address}history/")
    expect(card).to_have_url(f"{address}#history")
    expect(card.get_by_text("No network: this is the copy")).to_be_visible()


def test_the_copy_can_be_deleted_and_does_not_come_back_by_itself(card):
    card.get_by_role("button", name="Delete the copy").click()
    expect(card.get_by_text("No copy of this page is kept on this device.")).to_be_visible()
    assert card.evaluate(LEFT_ON_THIS_DEVICE) == 0

    card.reload()
    expect(card.get_by_text("No copy of this page is kept on this device.")).to_be_visible()
    assert card.evaluate(LEFT_ON_THIS_DEVICE) == 0
    card.get_by_role("button", name="Keep a copy").click()
    expect(card.get_by_role("button", name="Delete the copy")).to_be_visible()


def test_a_card_that_was_replaced_takes_its_copy_along(card, shop, anouk):
    expect(card.get_by_text("This device keeps a copy of this page")).to_be_visible()
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=anouk.pk, actor=factories.actor(), reason="lost")

    card.reload()
    expect(card.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert card.evaluate(LEFT_ON_THIS_DEVICE) == 0


def test_the_history_is_turned_page_by_page(card, shop, anouk):
    with factories.inside(shop):
        token = factories.staff_token(shop.store)
        actor = factories.actor(staff_token=token)
        for _ in range(26):
            points.earn(store=shop.store, card_id=anouk.pk, purchase_amount_cents=100, actor=actor)

    card.reload()
    card.get_by_role("link", name="The whole history").click()
    expect(card.get_by_text("Page 1 of 2")).to_be_visible()
    card.get_by_role("link", name="Older").click()
    expect(card.get_by_text("Page 2 of 2")).to_be_visible()
    card.get_by_role("link", name="Newer").click()
    expect(card.get_by_role("link", name="Newer")).to_be_hidden()
    card.get_by_role("link", name="Back to the card").click()
    expect(card.get_by_text("Anouk’s card")).to_be_visible()


def test_deleting_ones_data_asks_twice(card):
    card.get_by_role("link", name="Delete my data").click()
    card.get_by_role("button", name="Send me the link").click()

    expect(card.get_by_role("heading", name="Please look at your e-mails")).to_be_visible()


def test_a_slip_in_an_address_is_asked_about_and_mended_with_one_tap(form):
    email = form.get_by_label(re.compile("^E-mail"))
    email.fill("anouk@gmail.con")
    email.blur()
    expect(form.get_by_text("Did you mean")).to_be_visible()
    form.get_by_role("button", name="anouk@gmail.com").click()
    expect(email).to_have_value("anouk@gmail.com")
    expect(form.get_by_text("Did you mean")).to_be_hidden()
    for slip, meant in (
        ("anouk@gmial.com", "anouk@gmail.com"),
        ("anouk@hotmai.fr", "anouk@hotmail.fr"),
        ("anouk@outllook.de", "anouk@outlook.de"),
        ("anouk@schmit-bikes.con", "anouk@schmit-bikes.com"),
    ):
        email.fill(slip)
        email.blur()
        expect(form.get_by_role("button", name=meant)).to_be_visible()
    for right in ("anouk@mail.com", "zoe@müller.lu", "anouk@example.com"):
        email.fill("anouk@gmail.con")
        email.blur()
        expect(form.get_by_text("Did you mean")).to_be_visible()
        # Before the field is left: it would pull the button away from under a finger
        email.fill(right)
        expect(form.get_by_text("Did you mean")).to_be_hidden()
        email.blur()
