"""Single pages of the console: overview, counter material, duplicates, outbox, schedule, languages."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from customers.models import Customer
from groundwork.messaging import outbox
from groundwork.messaging.models import OutboxState
from loyalty_site.console import MENU
from tenancy.models import OutboxMessage
from tests import factories
from tests.console.access.gates import GATES
from tests.console.world import World, address, list_address, overview, said

# A pair of texts, or an object without words of its own.
AS_WRITTEN = re.compile(r"\(&#x27;\w+&#x27;, |&lt;[\w.]+ object")


# --- Counter, duplicates, outbox ----------------------------------------------------------------------------


def test_the_qr_code_of_a_store_is_downloaded(world: World) -> None:
    client = world.client("manager")
    picture = client.get(address(world.shop.store, "qr_picture"))
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Content-Disposition"] == f'attachment; filename="{world.shop.store.store_code}.png"'
    assert b"<svg" in client.get(address(world.shop.store, "qr_drawing")).content
    poster = client.get(address(world.shop.store, "poster"))
    assert poster["Location"] == reverse("join-poster", args=[world.shop.store.store_code])


def test_customers_who_may_be_known_twice_are_listed(world: World) -> None:
    same = {"first_name": "Anouk", "last_name": "Thill", "birth_date": "1990-05-17"}
    twin = factories.customer(world.shop.store, **same)
    with factories.inside(world.shop):
        Customer.objects.filter(pk=world.mine["customers_customer"].pk).update(**same)
    with factories.inside(world.stranger):
        Customer.objects.filter(pk=world.theirs["customers_customer"].pk).update(**same)
    listed = (
        world.client("owner").get(list_address(Customer), {"duplicates": "yes"}).context["cl"].result_list
    )
    assert {customer.pk for customer in listed} == {twin.pk, world.mine["customers_customer"].pk}


def test_a_dead_announcement_is_tried_again(world: World) -> None:
    message = world.mine["tenancy_outboxmessage"]
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.DEAD, attempts=20)
    assert "1 announcement was given up." in str(overview(world, "operator")["alerts"])
    assert "announcement" not in str(overview(world, "owner")["alerts"])
    data = {"action": "try_again", "_selected_action": [message.pk]}
    response = world.client("operator").post(list_address(OutboxMessage), data, follow=True)
    assert said(response) == ["1 message is tried again."]
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.WAITING, 0)
    assert outbox.OUTBOX.lag()["dead"] == 0


# --- Cost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        reverse_lazy("admin:index"),
        reverse_lazy("admin:loyalty_loyaltycard_changelist"),
        reverse_lazy("admin:loyalty_loyaltytransaction_changelist"),
        reverse_lazy("admin:customers_customer_changelist"),
        "/admin/loyalty/loyaltycard/export/csv/",
    ],
)
def test_a_list_costs_as_many_queries_with_many_rows_as_with_few(world: World, page: str) -> None:
    client = world.client("owner")
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _number in range(6):
        factories.card(world.shop.store, stamps=1, cents=300)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) == len(few), [query["sql"] for query in many.captured_queries]
    assert len(many) <= 31


# --- Languages, policy --------------------------------------------------------------------------------------


def test_the_console_speaks_the_language_that_is_chosen(world: World) -> None:
    client = world.client("owner")
    client.post(reverse("admin:language"), {"language": "de", "next": reverse("admin:index")})
    page = client.get(reverse("admin:index"))
    assert page["Content-Language"] == "de"
    assert '<html lang="de"' in page.content.decode()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_page_opens_in_every_language(world: World, language: str) -> None:
    client = world.client("owner")
    for page in (
        reverse("admin:index"),
        list_address("loyalty_loyaltycard"),
        address(world.shop.program),
        address(world.mine["loyalty_loyaltycard"]),
        address(world.mine["customers_customer"]),
    ):
        response = client.get(page, {"lang": language}, follow=True)
        assert (response.status_code, response["Content-Language"]) == (200, language), page


def test_the_product_s_name_is_in_the_title(world: World, settings: object) -> None:
    settings.SITE_NAME = "Stempelheft"
    text = world.client("owner").get(reverse("admin:index")).content.decode()
    assert "Overview | Stempelheft</title>" in " ".join(text.split())


def test_no_page_of_the_console_asks_a_stranger_for_anything(world: World) -> None:
    client = world.client("operator")
    for page in (reverse("admin:index"), address(world.shop.program), reverse("admin:login")):
        response = client.get(page)
        policy = response["Content-Security-Policy"]
        assert "http:" not in policy
        assert "https:" not in policy
        text = response.content.decode()
        assert 'src="http' not in text
        assert 'src="//' not in text
        assert 'href="//' not in text


# --- What a page says of itself -----------------------------------------------------------------------------


def test_a_page_is_called_as_in_the_menu_and_a_person_as_they_write_themselves(world: World) -> None:
    page = world.client("operator").get(address(world.shop.staff)).content.decode()
    heading = page.partition("<h1")[2].partition("</h1>")[0]
    assert "Accounts" in heading
    assert f">{world.shop.staff.email}<" in heading  # without a capital


def test_an_empty_list_says_what_will_stand_in_it(world: World) -> None:
    client = world.client("stranger")
    with factories.inside(world.stranger):
        type(world.theirs["tenancy_apikey"]).objects.all().delete()
    page = client.get("/admin/tenancy/apikey/").content.decode()
    assert "With a key the till&#x27;s own system gives stamps and points." in page
    assert "Add API key" in page
    assert "Show all" not in page


def test_a_search_without_a_result_offers_the_way_out(world: World) -> None:
    page = world.client("owner").get("/admin/tenancy/apikey/", {"q": "zzzz"}).content.decode()
    assert "Nothing here fits this search and these filters." in page
    assert "Show all" in page


def test_whoever_runs_one_merchant_is_led_to_its_page(world: World) -> None:
    client = world.client("owner")
    for kind in ("tenancy_merchant", "loyalty_loyaltyprogram", "loyalty_merchantloyaltysettings"):
        answer = client.get(list_address(kind))
        assert answer["Location"] == address(world.mine[kind])
    assert world.client("operator").get(list_address("tenancy_merchant")).status_code == 200


def test_the_cards_of_a_customer_stand_on_their_page(world: World) -> None:
    card = world.mine["loyalty_loyaltycard"]
    page = world.client("manager").get(address(world.mine["customers_customer"])).content.decode()
    assert f'<a class="console-link" href="{address(card)}">{card.display_number}</a>' in page


def test_the_page_of_a_row_is_for_people_to_read(world: World) -> None:
    """No comment of a template, no value as the program writes it."""
    client = world.client("owner")
    for kind, row in world.mine.items():
        if "change" in GATES.get(kind, {}):
            text = client.get(address(row), follow=True).text
            assert "{#" not in text, kind
            assert not AS_WRITTEN.search(text), (kind, AS_WRITTEN.search(text))


def test_an_owner_is_not_asked_about_rights_they_cannot_give(world: World) -> None:
    page = world.client("owner").get(address(world.shop.staff))
    assert "is_superuser" not in page.content.decode()
    assert "Runs the platform" in world.client("operator").get(address(world.shop.staff)).content.decode()


def test_every_page_of_the_console_stands_in_its_menu() -> None:
    listed = [label for _title, labels in MENU for label in labels]
    assert len(listed) == len(set(listed))
    from_another_page = {
        "loyalty.UndoneLine",
        "tenancy.SavedQuestion",
    }  # that of its batch, and the list it asks
    assert {*listed, *from_another_page} == {model._meta.label for model in admin.site._registry}
