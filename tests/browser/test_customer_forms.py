"""Forms of a customer's phone that are left in the middle, and what stays of a card that is gone."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from loyalty import links
from tests import factories
from tests.browser.measure import findings, sideways


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_another_language_keeps_what_was_emptied_unticked_and_chosen_in_my_data(phone, shop):
    card = factories.card(shop.store, email="anouk@example.com", name="Anouk Weber", marketing_consent=True)
    phone.goto(f"/card/{card.access_token}/data/")
    phone.get_by_label("Name").fill("")
    phone.locator("select[name=language]").select_option("fr")
    phone.locator("input[name=marketing_consent]").uncheck()
    phone.locator(".language-menu summary").click()
    phone.get_by_role("link", name="Deutsch").click()

    expect(phone.locator("html")).to_have_attribute("lang", "de")
    expect(phone.locator("input[name=name]")).to_have_value("")
    expect(phone.locator("select[name=language]")).to_have_value("fr")
    expect(phone.locator("input[name=marketing_consent]")).not_to_be_checked()


def test_what_was_typed_on_one_form_comes_up_on_no_other(phone, shop):
    phone.goto(f"/join/{shop.store.store_code}/")
    phone.get_by_label("Name").fill("Anouk Weber")
    # Opened in a window of its own: what was typed stays behind in this one.
    phone.locator(".language-menu summary").click()
    phone.get_by_role("link", name="Français").click(modifiers=["ControlOrMeta"])
    card = factories.card(shop.store, name="Ben Klein")
    phone.goto(f"/card/{card.access_token}/data/")
    expect(phone.locator("input[name=name]")).to_have_value("Ben Klein")


def test_who_has_their_data_deleted_leaves_no_copy_of_the_card_on_this_device(phone, shop):
    anouk = factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")
    phone.goto(f"/card/{anouk.access_token}/")
    expect(phone.get_by_text("This device keeps a copy of this page")).to_be_visible()
    with factories.inside(anouk.merchant):
        link = links.erasure_path(anouk)
    phone.goto(link)
    phone.get_by_role("button", name="Delete my data").click()
    expect(phone.get_by_role("heading", name="Your data has been deleted")).to_be_visible()
    phone.wait_for_function("caches.keys().then((names) => names.length === 0)")
    phone.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
    assert phone.evaluate("localStorage.length") == 0, "which was no wish to have no copies"


def test_who_stops_a_page_that_does_not_come_can_send_the_form_again(phone, shop):
    phone.clock.install()
    phone.goto(f"/join/{shop.store.store_code}/")
    phone.get_by_label("Name").fill("Anouk Weber")
    phone.route(
        "**/join/**", lambda route: route.abort("aborted") if route.request.method == "POST" else None
    )
    button = phone.get_by_role("button", name="Get my card")
    button.click(no_wait_after=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    phone.clock.fast_forward(20_000)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    phone.unroute("**/join/**")
    button.click()
    expect(phone.get_by_role("heading", name="Your card is ready")).to_be_visible()
    with factories.inside(shop):
        assert factories.Customer.objects.count() == 1


@pytest.mark.parametrize("page", ["join", "data"])
def test_what_is_sent_without_a_network_stays_where_it_was_typed_until_there_is_one(phone, shop, page):
    card = factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")
    at = {"join": f"/join/{shop.store.store_code}/", "data": f"/card/{card.access_token}/data/"}[page]
    phone.goto(at)
    phone.get_by_label("Name").fill("Zoë Muller")
    phone.context.set_offline(True)
    button = phone.get_by_role("button", name={"join": "Get my card", "data": "Save"}[page])
    button.click()
    expect(phone.get_by_text("You are offline, and nothing was sent.")).to_be_in_viewport()
    expect(phone).to_have_url(at)
    expect(phone.get_by_label("Name")).to_have_value("Zoë Muller")
    assert (findings(phone), sideways(phone)) == ([], 0)
    phone.context.set_offline(False)
    expect(phone.get_by_text("You are offline, and nothing was sent.")).to_be_hidden()
    with factories.inside(shop):
        assert not factories.Customer.objects.filter(first_name="Zoë").exists()
    button.click()
    expect(phone.get_by_text({"join": "Your card is ready", "data": "Saved."}[page])).to_be_visible()
    with factories.inside(shop):
        assert factories.Customer.objects.filter(first_name="Zoë").count() == 1
