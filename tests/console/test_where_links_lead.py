"""Every link of the console opens for whoever reads the page that it stands on."""

import re
from collections import deque

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import stamps
from tenancy.models import Role
from tests import factories
from tests.console.world import World, address, sign_in

LINK = re.compile(r'<a\b[^<>]*?\bhref="(/admin/[^"?#]*)')
NUMBER = re.compile(r"/[0-9]+/")
OF_A_KIND = 3  # pages of one kind that are opened
NOT_OPENED = ("/language/", "/logout/", "/download/", "/export/")


@pytest.fixture
def visited(world: World) -> LoyaltyCard:
    """A card of another store's customer, who came to this store, too: somebody with a PIN gave a stamp at each."""
    card = factories.card(world.shop.other_store)
    with factories.inside(world.shop):
        for store in (world.shop.other_store, world.shop.store):
            token = factories.staff_token(store, factories.staff_pin(store, name="Tom"))
            stamps.give(store=store, card_id=card.pk, actor=factories.actor(staff_token=token), count=1)
    return card


def reader(world: World, who: str) -> Client:
    if who != "accountant":
        return world.client(who)
    client = Client()
    sign_in(client, factories.member(world.shop.store, role=Role.ACCOUNTANT))
    return client


def dead_ends(client: Client) -> list[str]:
    """The addresses that pages of the console lead to and that do not open, with where they stand."""
    seen: dict[str, set[str]] = {}
    waiting, dead = deque([("", reverse("admin:index"))]), []
    while waiting:
        page, path = waiting.popleft()
        of_kind = seen.setdefault(NUMBER.sub("/1/", path), set())
        if path in of_kind or len(of_kind) >= OF_A_KIND or any(word in path for word in NOT_OPENED):
            continue
        of_kind.add(path)
        answer = client.get(path, follow=True)
        if answer.status_code != 200:
            dead.append(f"{path} on {page}: {answer.status_code}")
        elif "text/html" in answer["Content-Type"]:
            waiting.extend((path, found) for found in LINK.findall(answer.content.decode()))
    return dead


@pytest.mark.parametrize("who", ["operator", "owner", "manager", "accountant"])
def test_no_link_leads_to_a_page_that_does_not_open_for_who_follows_it(
    world: World, visited: LoyaltyCard, who: str
) -> None:
    assert dead_ends(reader(world, who)) == []


def test_an_accountant_reads_who_gave_a_stamp_and_is_led_to_no_pin(
    world: World, visited: LoyaltyCard
) -> None:
    with factories.inside(world.shop):
        line = LoyaltyTransaction.objects.filter(card=visited, staff_pin__isnull=False).latest("pk")
    text = reader(world, "accountant").get(address(line)).content.decode()
    assert "Tom" in text
    assert address(line.staff_pin) not in text
    assert address(line.staff_pin) in world.client("owner").get(address(line)).content.decode()


def test_a_manager_is_led_to_their_stores_lines_on_a_card_and_not_to_those_of_another(
    world: World, visited: LoyaltyCard
) -> None:
    with factories.inside(world.shop):
        elsewhere, here = LoyaltyTransaction.objects.filter(card=visited, stamps_delta=1).order_by("pk")
    text = world.client("manager").get(address(visited)).content.decode()
    assert address(here) in text
    assert address(elsewhere) not in text
    assert address(visited.customer) not in text
