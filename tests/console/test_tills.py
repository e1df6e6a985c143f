"""Tills in the console: made with a code that is shown once, revoked when a tablet is lost."""

import re

import pytest
from django.test import Client

from tenancy import api_keys, tills
from tenancy.errors import TillCodeWrong, TillRevoked
from tenancy.models import ApiKey, HistoryEntry, Till
from tests import factories
from tests.console.world import World, address, errors, list_address, said


def make(world: World, who: str, **data: object) -> tuple[Client, object]:
    client = world.client(who)
    given = {"name": "Bar", "store": world.shop.store.pk} | data
    return client, client.post(list_address(Till, "add"), given)


def code_on(page) -> str:
    return re.search(r'id="till-code">([A-Z0-9-]+)<', page.content.decode())[1]


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_a_till_is_made_and_its_code_shown_once(world: World, who: str) -> None:
    client, page = make(world, who)
    code = code_on(page)
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", code)
    assert "no-store" in page["Cache-Control"]
    assert "<svg" in page.content.decode()
    with factories.inside(world.shop):
        row = Till.objects.get(name="Bar")
    assert (row.store, row.created_by) == (world.shop.store, world.person(who))
    for again in (address(row), list_address(Till), address(row, "history")):
        assert code not in client.get(again).content.decode()
    assert tills.pair(code=code)[0] == row


def test_a_till_cannot_be_made_for_another_store_than_ones_own(world: World) -> None:
    for who, store in (("manager", world.shop.other_store), ("owner", world.stranger.store)):
        _client, page = make(world, who, store=store.pk)
        assert list(errors(page)) == ["store"]
    with factories.inside(world.shop):
        assert not Till.objects.filter(name="Bar").exists()


def test_two_tills_of_a_store_have_two_names_until_one_is_revoked(world: World) -> None:
    first = world.mine["tenancy_till"]
    _client, page = make(world, "owner", name="Counter 1")
    assert errors(page) == {"__all__": ["A till of this store has this name already."]}
    with factories.inside(world.shop):
        tills.revoke(till=first)
    _client, page = make(world, "owner", name="Counter 1")
    assert code_on(page)


def test_a_new_code_is_shown_while_there_is_no_device(world: World) -> None:
    row = world.mine["tenancy_till"]
    client = world.client("manager")
    first = code_on(client.post(address(row, "new_code")))
    second = code_on(client.post(address(row, "new_code")))
    with pytest.raises(TillCodeWrong):
        tills.pair(code=first)
    tills.pair(code=second)
    assert client.post(address(row, "new_code")).status_code == 403


def test_looking_at_the_question_makes_no_code(world: World) -> None:
    row = world.mine["tenancy_till"]
    before = factories.fresh(row).code_hash
    assert world.client("manager").get(address(row, "new_code")).status_code == 200
    assert factories.fresh(row).code_hash == before


def test_a_lost_tablet_is_revoked_with_two_clicks_from_the_list(world: World) -> None:
    row, token = factories.till(world.shop.store, "Lost")
    client = world.client("manager")
    listed = client.get(list_address(Till)).content.decode()
    assert f'href="{address(row, "revoke")}"' in listed
    assert "cannot be undone" in client.get(address(row, "revoke")).content.decode()
    assert tills.recognise(token) == row

    response = client.post(address(row, "revoke"), follow=True)

    assert said(response) == ["The device is no longer a till."]
    with pytest.raises(TillRevoked):
        tills.recognise(token)
    with factories.inside(world.shop):
        entry = HistoryEntry.objects.filter(object_id=str(row.pk)).latest("id")
    assert (entry.user, entry.message) == (world.shop.manager, [{"did": "Revoke this till"}])
    assert client.get(address(row, "revoke")).status_code == 403


def test_what_a_till_is_at_stands_in_the_list(world: World) -> None:
    used, _token = factories.till(world.shop.store, "In use")
    client = world.client("owner")
    text = client.get(list_address(Till)).content.decode()
    assert "in use" in text
    assert "waits for its device" in text
    with factories.inside(world.shop):
        tills.revoke(till=used)
        Till.objects.filter(name="Counter 1").update(code_expires_at="2020-01-01T00:00Z")
    text = client.get(list_address(Till)).content.decode()
    assert "revoked" in text
    assert "needs a new code" in text


# --- What a key may ---------------------------------------------------------------------------------------


def new_key(world: World, **data: object):
    given = {"name": "Fair", "store": world.shop.store.pk} | data
    return world.client("owner").post(list_address(ApiKey, "add"), given)


def test_a_key_is_made_for_the_scopes_that_are_ticked_and_until_a_day(world: World) -> None:
    ends = {"expires_at_0": "2099-12-31", "expires_at_1": "18:00:00"}
    page = new_key(world, scopes=["read", "void"], **ends)
    row = api_keys.recognise(page.context["key"])
    assert (row.scopes, row.expires_at.year) == (["read", "void"], 2099)


def test_what_staff_do_is_ticked_and_managing_is_not(world: World) -> None:
    page = world.client("owner").get(list_address(ApiKey, "add")).content.decode()
    boxes = re.findall(r'<input type="checkbox" name="scopes" value="(\w+)"([^>]*)>', page)
    assert {name: bool(re.search(r"\schecked(?=\s|$)", rest)) for name, rest in boxes} == {
        "read": True,
        "earn": True,
        "redeem": True,
        "void": True,
        "manage": False,
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"scopes": ["read"], "expires_at_0": "2020-01-01", "expires_at_1": "09:00:00"}, "expires_at"),
    ],
)
def test_a_key_without_a_scope_of_ours_or_a_future_is_not_made(world: World, data: dict, field: str) -> None:
    assert list(errors(new_key(world, **data))) == [field]
    with factories.inside(world.shop):
        assert not ApiKey.objects.filter(name="Fair").exists()
