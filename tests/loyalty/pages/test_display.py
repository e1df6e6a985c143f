"""The screen turned to the customer: paired with a till, and showing what that till says and nothing else."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tenancy import displays, tills
from tenancy.models import Till
from tests import factories
from tests.factories import Shop
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db
DOOR = "/terminal/"
STAMPED = {"key": "k1", "kind": "earned", "name": "Anouk", "stamps": 8, "target": 10, "landed": 1}
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def place(shop: Shop, name: str = "terminal-display") -> str:
    return reverse(name, args=[shop.store.store_code])


def device_of(till: tuple[Till, str]) -> Client:
    client = Client()
    client.cookies[tills.COOKIE] = till[1]
    return client


def code_of(counter: Client, shop: Shop) -> str:
    return counter.post(place(shop, "terminal-display-code")).json()["code"]


def tell(counter: Client, shop: Shop, moment: object = STAMPED) -> int:
    address = place(shop, "terminal-display-tell")
    return counter.post(address, json.dumps(moment), content_type="application/json").status_code


def shown(screen: Client, shop: Shop) -> object:
    response = screen.get(place(shop, "terminal-display-shown"))
    return response.json()["moment"] if response.status_code == 200 else response.status_code


@pytest.fixture
def till(shop: Shop) -> tuple[Till, str]:
    return factories.till(shop.store, "Counter 1")


@pytest.fixture
def counter(till: tuple[Till, str]) -> Client:
    return device_of(till)


@pytest.fixture
def screen(counter: Client, shop: Shop) -> Client:
    paired = Client()
    assert paired.post(DOOR, {"code": code_of(counter, shop)})["Location"] == place(shop)
    return paired


def test_a_second_device_types_the_tills_code_and_shows_what_the_till_says(counter, screen, shop, till):
    assert screen.get(DOOR)["Location"] == place(shop)
    page = screen.get(place(shop))
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
    assert shop.merchant.name in words(page)
    assert shown(screen, shop) is None

    assert tell(counter, shop) == 204
    told = shown(screen, shop)
    assert {name: told[name] for name in STAMPED} == STAMPED
    assert tell(counter, shop, None) == 204
    assert shown(screen, shop) is None

    cookie = screen.cookies[displays.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", 400 * 24 * 3600)
    with factories.inside(shop):
        assert cookie.value not in str(Till.objects.values().get())


def test_a_code_is_good_once_and_for_ten_minutes_and_a_newer_screen_ends_the_first(counter, screen, shop):
    code = code_of(counter, shop)
    second = Client()
    assert second.post(DOOR, {"code": f"{code[:4]}-{code[4:]}".lower()})["Location"] == place(shop)
    assert displays.COOKIE not in Client().post(DOOR, {"code": code}).cookies
    tell(counter, shop)
    assert shown(second, shop)["name"] == "Anouk"
    assert screen.get(place(shop, "terminal-display-shown")).status_code == 302

    with time_machine.travel(NOON, tick=False):
        late = code_of(counter, shop)
    with time_machine.travel(NOON + displays.CODE_LIFE + timedelta(seconds=1), tick=False):
        assert displays.COOKIE not in Client().post(DOOR, {"code": late}).cookies


def test_nobody_stays_on_the_screen_longer_than_a_minute(counter, screen, shop):
    with time_machine.travel(NOON, tick=False) as clock:
        tell(counter, shop)
        clock.shift(timedelta(seconds=59))
        assert shown(screen, shop)["name"] == "Anouk"
        clock.shift(timedelta(seconds=2))
        assert shown(screen, shop) is None


def test_the_screen_of_a_revoked_till_shows_nothing_and_can_be_opened_no_more(counter, screen, shop, till):
    tell(counter, shop)
    with factories.inside(shop):
        tills.revoke(till=till[0])
    for name in ("terminal-display", "terminal-display-shown"):
        response = screen.get(place(shop, name))
        assert response.status_code == 302
        assert "Anouk" not in response.content.decode()
    assert "Make this device a till" in words(screen.get(DOOR))
    assert counter.post(place(shop, "terminal-display-code")).status_code == 302


def test_a_code_of_a_till_that_was_revoked_since_pairs_nothing(counter, shop, till):
    code = code_of(counter, shop)
    with factories.inside(shop):
        tills.revoke(till=till[0])
    assert displays.COOKIE not in Client().post(DOOR, {"code": code}).cookies


def test_only_its_own_till_speaks_to_a_screen_and_only_the_screen_is_told(counter, screen, shop):
    neighbour = device_of(factories.till(shop.store, "Counter 2"))
    elsewhere = device_of(factories.till(shop.other_store, "Counter 3"))
    stranger = device_of(factories.till(factories.shop().store))
    staff = Client()
    staff.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    tell(counter, shop)

    assert tell(neighbour, shop, {**STAMPED, "name": "Ben"}) == 204  # on a screen of its own
    assert [tell(one, shop) for one in (elsewhere, stranger, staff)] == [404, 404, 404]
    assert [tell(one, shop) for one in (screen, Client())] == [302, 302]
    assert [shown(one, shop) for one in (counter, neighbour, elsewhere, stranger, staff)] == [404] * 5
    assert shown(Client(), shop) == 302
    assert shown(screen, shop)["name"] == "Anouk"
    for one in (elsewhere, stranger):
        assert one.post(place(shop, "terminal-display-code")).status_code == 404
    assert staff.post(place(shop, "terminal-display-code")).status_code == 404


def test_a_screen_opens_nothing_but_itself(screen, shop):
    for address in (place(shop, "terminal"), place(shop, "terminal-today"), "/admin/"):
        assert screen.get(address).status_code == 302
    assert screen.get(f"/api/v1/stores/{shop.store.store_code}/program/").status_code == 401
    other = reverse("terminal-display", args=[shop.other_store.store_code])
    assert screen.get(other)["Location"].startswith("/login/")


def test_who_is_signed_in_does_not_stay_so_on_a_screen_and_a_till_does_not_become_one(counter, shop):
    client = Client()
    client.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    client.post(DOOR, {"code": code_of(counter, shop)})
    assert "_auth_user_id" not in client.session

    other = device_of(factories.till(shop.store, "Counter 2"))
    response = other.post(DOOR, {"code": code_of(counter, shop)})
    assert displays.COOKIE not in response.cookies
    assert other.get(DOOR)["Location"] == place(shop, "terminal")


def test_what_is_no_moment_is_refused_and_changes_nothing(counter, screen, shop):
    tell(counter, shop)
    bad = [
        {},
        [],
        "Anouk",
        {**STAMPED, "kind": "nothing"},
        {**STAMPED, "stamps": -1},
        {**STAMPED, "name": "a\x00b"},
        {**STAMPED, "name": "A" * 81},
        {**STAMPED, "take": "https://evil.example/x.svg"},
        {**STAMPED, "take": "/card/ABC/../../x"},
        {**STAMPED, "reward": "x" * 3000},
    ]
    assert [tell(counter, shop, one) for one in bad] == [400] * len(bad)
    address = place(shop, "terminal-display-tell")
    assert counter.post(address, "{", content_type="application/json").status_code == 400
    assert shown(screen, shop)["key"] == "k1"


def test_whoever_has_a_thousand_stamps_takes_the_place_of_who_was_there_before(counter, screen, shop):
    tell(counter, shop)
    told = {"key": "k2", "name": "Ben", "stamps": 9_999, "landed": 1_000}
    assert tell(counter, shop, STAMPED | told) == 204
    assert (shown(screen, shop)["name"], shown(screen, shop)["stamps"]) == ("Ben", 9_999)


def test_a_window_of_the_till_is_the_welcome_alone_in_the_language_asked_for(counter, shop):
    cache.clear()
    welcomes = {"en": "Welcome", "fr": "Bienvenue", "de": "Willkommen", "lb": "Wëllkomm"}
    for language, welcome in welcomes.items():
        page = words(counter.get(place(shop), {"lang": language}))
        assert welcome in page
        assert shop.merchant.name in page
