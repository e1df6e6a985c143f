"""Addresses of the console with nonsense in them: refused in words, and never an error of ours."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.console.access.gates import GATES, WITHOUT_A_ROW, name_of
from tests.console.access.people import World
from tests.console.access.state import state
from tests.console.access.test_doings import TICKED
from tests.console.access.test_pages import PAGES
from tests.console.access.test_parameters import asked, offered
from tests.console.world import list_address

pytestmark = pytest.mark.usefixtures("undrawn")
OUT_OF_REACH = "9" * 30  # more than any key or page number can be
NUL = "a\0b"
PROPOSED = {"app_label": "customers", "model_name": "customer", "field_name": "store"}
# What the site's own addresses read, and with what they are right.
OF_THE_SITE = {
    "index": {"days": "7", "place": "store-1"},
    "search": {"s": "a", "page": "1"},
    "autocomplete": PROPOSED | {"term": "a", "page": "1"},
    "jsi18n": {},
}


def visitor(world: World, who: str) -> Client:
    """Somebody's browser, to which an error of ours is a page too."""
    client = world.client(who)
    client.raise_request_exception = False
    return client


def filters(world: World, kind: str) -> list[str]:
    page = admin.site.get_model_admin(type(world.mine[kind]))
    return sorted(offered(page.get_list_filter(asked(world, "operator"))))


@pytest.mark.parametrize("name", OF_THE_SITE)
def test_the_sites_own_addresses_answer_nonsense(world: World, name: str) -> None:
    client, path, right = visitor(world, "manager"), reverse(f"admin:{name}"), OF_THE_SITE[name]
    assert client.get(path, right).status_code == 200
    for parameter in right:
        for value in ("", "x", "-1", "1.5", OUT_OF_REACH, "9" * 5000, "é" * 5000):
            status = client.get(path, right | {parameter: value}).status_code
            assert status in (200, 400, 403, 404), (parameter, value[:9])
    assert client.get(path, right | {"any": NUL}).status_code == 400


@pytest.mark.parametrize("page", ["x", "-1", "0", "2", "1.5", OUT_OF_REACH, "9" * 5000])
def test_a_page_of_the_search_that_is_not_there_cannot_be_read(world: World, page: str) -> None:
    client, path = visitor(world, "manager"), reverse("admin:search")
    for further in ({}, {"extended": "1"}):
        assert client.get(path, {"s": "card", "page": page} | further).status_code == 400
        assert client.get(path, {"s": "card", "page": "1"} | further).status_code == 200


@pytest.mark.parametrize("kind", GATES)
def test_a_list_answers_nonsense(world: World, kind: str) -> None:
    client = visitor(world, "operator")
    for parameter in ("p", "o", "q", "_to_field", *filters(world, kind)):
        assert client.get(list_address(kind), {parameter: NUL}).status_code == 400, parameter
        for value in ("x", OUT_OF_REACH):
            assert client.get(list_address(kind), {parameter: value}).status_code in (200, 302, 400), (
                parameter
            )


@pytest.mark.parametrize(("kind", "action"), TICKED, ids=[f"{kind} {action}" for kind, action in TICKED])
def test_an_action_on_what_cannot_be_a_row_is_refused(world: World, kind: str, action: str) -> None:
    client, before = visitor(world, "operator"), state()
    for value in ("x", "1.5", OUT_OF_REACH, "9" * 5000, NUL):
        data = {"action": action, "_selected_action": [world.mine[kind].pk, value], "post": "yes"}
        assert client.post(list_address(kind), data).status_code == 400, value[:9]
    assert state() == before


def test_a_row_that_cannot_be_is_not_there(world: World) -> None:
    client = visitor(world, "operator")
    for kind, page in PAGES:
        if page not in WITHOUT_A_ROW:
            right = reverse(f"admin:{name_of(kind, page)}", args=[1])
            for value in ("x", "-1", "1.5", OUT_OF_REACH, "%00"):
                path = right.replace("/1/", f"/{value}/")
                assert client.get(path).status_code in (302, 403, 404, 405), path


def test_what_leads_out_of_the_console_leads_nowhere(world: World) -> None:
    client = visitor(world, "operator")
    for kind in ("x", "-1", OUT_OF_REACH, "%00", "1"):
        for row in ("x", "-1", OUT_OF_REACH, "%00", "1"):
            assert client.get(f"/admin/r/{kind}/{row}/").status_code == 404, (kind, row)


def test_whoever_is_signed_in_and_mistypes_in_another_tab_is_asked_again(world: World) -> None:
    path = reverse("admin:login")
    for who in ("owner", "manager", "accountant", "operator", "anonymous"):
        wrong = {"username": "somebody@example.com", "password": "wrong"}
        response = visitor(world, who).post(path, wrong)
        assert response.status_code == 200, who
        assert "form" in response.context_data
