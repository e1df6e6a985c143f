"""Whoever is signed out while they fill in a form of the console loses nothing of it, and nobody else sends it."""

from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from loyalty.models import StaffPin
from tenancy.models import Store, User
from tests import factories
from tests.accounts.test_step_up import sent_on
from tests.accounts.visits import sign_in
from tests.console import world as worlds
from tests.console.world import World, filled

pytestmark = pytest.mark.django_db
NAME = 'Gare "2"\nby <the> door'


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def signed_in(person: User, client: Client | None = None) -> Client:
    """A browser in which somebody has signed in by themselves; it knows them again."""
    browser = client or Client()
    sign_in(browser, email=person.email)
    return browser


def sent_too_late(world: World, client: Client) -> tuple[str, HttpResponse]:
    """The address of a form, and what is answered once its session was over."""
    place = worlds.address(world.shop.store)
    form = filled(client.get(place), city=NAME)
    Session.objects.all().delete()
    return place, client.post(place, form)


def go_on(client: Client, page: HttpResponse) -> HttpResponse:
    return client.post("/account/carried/", sent_on(page) | {"whose": whose(page)})


def whose(page: HttpResponse) -> str:
    return unescape(page.content.decode().split('name="whose" value="')[1].split('"')[0])


def city(world: World) -> str:
    with factories.inside(world.shop):
        return Store.objects.get(pk=world.shop.store.pk).city


def test_a_form_is_carried_over_a_renewed_sign_in_and_sent_by_one_more_click(world: World) -> None:
    client = signed_in(world.shop.owner)
    place, answer = sent_too_late(world, client)
    assert (answer.status_code, sent_on(answer)["kept-city"]) == (403, [NAME])
    assert "no-store" in answer["Cache-Control"]

    still_out = go_on(client, answer)
    assert (still_out.status_code, sent_on(still_out)) == (403, sent_on(answer))

    signed_in(world.shop.owner, client)
    ready = go_on(client, still_out)
    assert (ready.status_code, f'action="{place}"' in ready.content.decode()) == (200, True)
    assert city(world) == "Luxembourg"
    assert client.post(place, sent_on(ready)).status_code == 302
    assert city(world) == NAME


def test_nobody_else_sends_it(world: World) -> None:
    client = signed_in(world.shop.owner)
    place, answer = sent_too_late(world, client)
    signed_in(world.stranger.owner, client)
    assert go_on(client, answer)["Location"] == place
    forged = sent_on(answer) | {"whose": f"{world.stranger.owner.pk}:made:up"}
    assert client.post("/account/carried/", forged)["Location"] == place


def test_it_is_sent_to_no_other_site(world: World) -> None:
    client = signed_in(world.shop.owner)
    _place, answer = sent_too_late(world, client)
    elsewhere = sent_on(answer) | {"whose": whose(answer), "next": "https://evil.example/"}
    assert client.post("/account/carried/", elsewhere)["Location"] == "/account/"
    assert client.get("/account/carried/").status_code == 405


def test_a_browser_that_knows_nobody_and_a_script_are_led_to_the_sign_in_page(world: World) -> None:
    place = worlds.address(world.shop.store)
    assert "/login/" in Client().post(place, {"city": NAME})["Location"]
    client = signed_in(world.shop.owner)
    Session.objects.all().delete()
    answer = client.post(place, {"city": NAME}, headers={"Sec-Fetch-Mode": "cors"})
    assert "/login/" in answer["Location"]


def test_whoever_is_signed_in_and_may_not_enter_is_told_so(world: World) -> None:
    client = signed_in(world.shop.staff)
    answer = client.post(worlds.list_address(StaffPin, "add"), {"name": "Léa"})
    assert "/login/" in answer["Location"]
