"""The honest till in the console: what stands out is read, looked into, and found fine; nobody is called anything."""

from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyTransaction, Observation
from loyalty.services import stamps
from tenancy.models import BackgroundJob, Role
from tests import factories
from tests.console.world import World, address, list_address, said, sign_in
from tests.one_row_each import an_observation

LIST = list_address(Observation)
INDEX = "/admin/"
LINES = list_address(LoyaltyTransaction)


@pytest.fixture(autouse=True)
def in_the_shop(world: World) -> Iterator[None]:
    with factories.inside(world.shop):
        yield


@pytest.fixture
def row(world: World) -> Observation:
    return an_observation(world.shop)


@pytest.fixture
def elsewhere(world: World, row: Observation) -> Observation:
    """The same at the other store, of which the manager is none."""
    there = copy(row)
    there.pk, there.store, there.staff_pin = None, world.shop.other_store, None
    there.save(force_insert=True)
    return there


def page(world: World, path: str, who: str = "owner") -> str:
    return world.client(who).get(path).content.decode()


def test_what_stands_out_is_a_sentence_with_the_way_to_its_lines(world: World, row: Observation) -> None:
    assert row.staff_pin is not None
    shown = page(world, LIST)
    assert f"{row.staff_pin.name}&#x27;s PIN gave one card 14 stamps on" in shown
    assert "Usual here are at most 2." in shown
    of_row = page(world, address(row))
    assert f"staff_pin={row.staff_pin_id}" in of_row
    assert f"card={row.card_id}" in of_row
    for word in ("fraud", "theft", "suspicious", "cheat"):
        assert word not in (shown + of_row).lower()


def test_the_lines_behind_it_are_the_ones_that_the_list_shows(world: World, row: Observation) -> None:
    shop = world.shop
    with factories.inside(shop):
        assert row.card_id is not None
        about = {"store": shop.store, "card_id": row.card_id}
        given: Any = stamps.give(actor=factories.actor(), count=3, **about).transaction
        Observation.objects.filter(pk=row.pk).update(
            since=given.transaction_at, until=given.transaction_at, staff_pin=None
        )
        link = LIST.replace("observation", "loyaltytransaction")
    row.refresh_from_db()
    shown = page(world, address(row))
    query = shown.split(f'href="{link}?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    found = world.client("owner").get(f"{LINES}?{query}").context_data["cl"].result_list
    assert [line.pk for line in found] == [given.pk]


def test_seen_and_fine_is_noted_with_who_said_so(world: World, row: Observation) -> None:
    answer = world.client("owner").post(address(row, "fine"), {"note": "For the office"}, follow=True)
    assert said(answer) == ["Noted."]
    row.refresh_from_db()
    assert (row.note, row.seen_by) == ("For the office", world.shop.owner)
    assert world.client("owner").post(address(row, "fine"), {"note": "again"}).status_code == 403
    row.refresh_from_db()
    assert row.note == "For the office"
    assert "14 stamps" not in page(world, f"{LIST}?seen=no")


def test_the_overview_says_what_needs_somebody_until_somebody_has_looked(
    world: World, elsewhere: Observation
) -> None:
    assert "2 things stand out at your tills." in page(world, INDEX, "owner")
    assert "1 thing stands out at your tills." in page(world, INDEX, "manager")
    assert "stands out" not in of_accountant(world).get(INDEX).content.decode()
    Observation.objects.update(seen_at=timezone.now())
    assert "stands out" not in page(world, INDEX)


def test_what_nobody_looks_at_for_two_months_is_told_no_more(world: World, row: Observation) -> None:
    Observation.objects.update(day=timezone.localdate() - timedelta(days=61))
    assert "stands out" not in page(world, INDEX)
    assert "14 stamps" in page(world, LIST)


def test_a_worker_looks_on_demand_and_says_how_much_there_is(world: World) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1)), factories.inside(world.shop):
        card = factories.card(world.shop.store)
        about = {"store": world.shop.store, "card_id": card.pk}
        stamps.give(actor=factories.actor(person=world.shop.owner), count=10, **about)
    for words in ("1 thing stands out.", "Nothing new stands out."):
        world.client("owner").post(list_address(Observation, "look_now"), {})
        job = BackgroundJob.objects.filter(kind="guard").latest("pk")
        jobs.run_due()
        assert words in page(world, address(job))
    found = Observation.objects.get(card=card)
    assert (found.figure, found.usual, found.staff_pin, found.store) == (10, None, None, world.shop.store)


def of_accountant(world: World) -> Client:
    client = Client()
    sign_in(client, factories.member(world.shop.store, role=Role.ACCOUNTANT))
    return client


def test_managers_see_and_settle_what_is_of_their_own_store(
    world: World, row: Observation, elsewhere: Observation
) -> None:
    assert address(row) in page(world, LIST, "manager")
    assert address(elsewhere) not in page(world, LIST, "manager")
    assert address(row) in of_accountant(world).get(LIST).content.decode()
    assert world.client("manager").post(address(elsewhere, "fine"), {"note": ""}).status_code == 404
    assert of_accountant(world).post(address(row, "fine"), {"note": ""}).status_code == 403
    assert not Observation.objects.filter(seen_at__isnull=False).exists()
    world.client("manager").post(address(row, "fine"), {"note": ""})
    assert Observation.objects.get(seen_at__isnull=False).pk == row.pk
