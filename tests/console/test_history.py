"""Who changed what: written down with everything done in the console, read by those whose matter it is."""

import html
import re

import pytest
from django.db import IntegrityError
from django.test import Client

from loyalty.models import LoyaltyCard
from tenancy import scope
from tenancy.models import HistoryEntry
from tests import factories
from tests.console.world import World, address, filled, list_address

LIST = list_address(HistoryEntry)


def read(client: Client, **query: str) -> list[tuple[str, str]]:
    """The list as it stands on the page: what, and in which words."""
    rows = client.get(LIST, query).context["cl"].result_list
    admin = client.get(LIST).context["cl"].model_admin
    return [(row.name, admin.details(row)) for row in rows]


def rename(world: World, who: str, store: str = "store") -> None:
    """Somebody changes the city of a store."""
    client, row = world.client(who), getattr(world.shop, store)
    answer = client.post(address(row), filled(client.get(address(row)), city="Esch"))
    assert answer.status_code == 302


@pytest.fixture
def world(world: World) -> World:
    """A world in whose history nothing stands yet."""
    with scope.everything("the history begins anew"):
        HistoryEntry.objects.all().delete()
    return world


def test_an_owner_reads_what_was_done_to_their_merchant_and_by_whom(world: World) -> None:
    rename(world, "operator")
    client = world.client("owner")
    assert read(client) == [(world.shop.store.name, "Changed City.")]
    assert world.operator.email in client.get(LIST).content.decode()


def test_a_stranger_reads_nothing_of_it_and_neither_do_staff(world: World) -> None:
    rename(world, "owner")
    with factories.inside(world.shop):
        entry = HistoryEntry.objects.get()
    stranger = world.client("stranger")
    assert read(stranger) == []
    assert read(stranger, q=world.shop.store.name) == []
    assert stranger.get(address(entry)).status_code in (302, 404)
    assert world.client("staff").get(LIST).status_code == 302


def test_a_manager_reads_of_their_stores_and_what_they_did_themselves(world: World) -> None:
    rename(world, "owner", "other_store")
    rename(world, "owner")
    assert [name for name, _ in read(world.client("manager"))] == [world.shop.store.name]
    with factories.inside(world.shop):
        HistoryEntry.objects.update(store=world.shop.other_store, user=world.shop.manager)
    assert len(read(world.client("manager"))) == 2


def test_what_is_done_at_the_platform_is_for_operators(world: World) -> None:
    client = world.client("operator")
    page = client.get(list_address("django_celery_beat_intervalschedule", "add"))
    client.post(
        list_address("django_celery_beat_intervalschedule", "add"), filled(page, every="5", period="hours")
    )
    assert len(read(client)) == 1
    assert read(world.client("owner")) == []


def test_a_text_is_read_in_the_language_of_the_reader(world: World) -> None:
    client = world.client("owner")
    client.get("/admin/?lang=fr")
    client.get(address(world.mine["customers_customer"], "export_data"))
    with factories.inside(world.shop):
        assert HistoryEntry.objects.get().message == [{"did": "Exported as JSON"}]
    for language, words in (("en", "Exported as JSON"), ("de", "Als JSON exportiert")):
        client.get(f"/admin/?lang={language}")
        assert words in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("language", "name", "details"),
    [
        ("en", "Cards", "Exported as CSV (Search, Language)"),
        ("fr", "Cartes", "Exporté en CSV (Rechercher, Langue)"),
        ("de", "Karten", "Als CSV exportiert (Suchen, Sprache)"),
        ("lb", "Kaarten", "Als CSV exportéiert (Sichen, Sprooch)"),
    ],
)
def test_what_was_exported_is_read_in_the_language_of_the_reader_and_names_the_filters_of_the_list(
    world: World, language: str, name: str, details: str
) -> None:
    client = world.client("owner")
    client.get("/admin/?lang=fr")
    file = client.get(list_address(LoyaltyCard) + "export/csv/", {"q": "anna", "language": "fr"})
    assert b"".join(file.streaming_content)
    client.get(f"/admin/?lang={language}")
    page = client.get(LIST).content.decode()
    row = re.findall(r"<td class=\"field-(?:called|details)[^>]*>([^<]*)<", page)[:2]
    assert [html.unescape(cell) for cell in row] == [name, details]
    assert "anna" not in page


def test_the_names_of_fields_are_translated_too(world: World) -> None:
    rename(world, "owner")
    client = world.client("owner")
    client.get("/admin/?lang=de")
    assert "Ort geändert." in client.get(LIST).content.decode()


def test_a_row_tells_its_own_history_newest_first(world: World) -> None:
    rename(world, "owner")
    rename_back = world.client("manager")
    row = world.shop.store
    rename_back.post(
        address(row), filled(rename_back.get(address(row)), city="Diekirch", postal_code="L-9210")
    )
    page = world.client("owner").get(address(row, "history"))
    assert [entry.words for entry in page.context["page"]] == [
        "Changed Postal code and City.",
        "Changed City.",
    ]


def test_a_row_that_nobody_has_touched_says_so(world: World) -> None:
    page = world.client("owner").get(address(world.shop.program, "history"))
    assert "Nobody has changed this in the console yet." in page.content.decode()


def test_it_is_filtered_by_kind(world: World) -> None:
    rename(world, "owner")
    client = world.client("owner")
    assert len(read(client, kind="tenancy.store")) == 1
    assert read(client, kind="loyalty.loyaltycard") == []
    assert read(client, kind="nonsense") == []


def test_an_entry_never_moves_to_another_merchant(world: World) -> None:
    rename(world, "owner")
    moved = pytest.raises(IntegrityError, match="A row never moves to another merchant")
    with scope.everything("the database is asked"), moved:
        HistoryEntry.objects.update(merchant=world.stranger.merchant)


def test_the_history_of_a_store_says_of_each_line_what_was_done(world: World) -> None:
    rename(world, "owner")
    page = world.client("owner").get(address(world.shop.store, "history")).content.decode()
    assert '<td data-label="What">Changed</td>' in page
