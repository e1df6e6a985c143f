"""Every page of the console, opened by everybody. An address without an entry in `gates` fails."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import models
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, reverse

from tests.console.access.doings import path_of
from tests.console.access.gates import GATES, OF_THE_SITE, PREVIEWS, WITHOUT_A_ROW, name_of
from tests.console.access.people import VISITORS, World, is_let_in, is_shown, may_list
from tests.console.access.state import differences, state, undone
from tests.console.access.states import IN_STATE, SHUT
from tests.console.world import key

PAGES = [(kind, page) for kind, pages in GATES.items() for page in pages if page not in ("edit", *PREVIEWS)]
# A merchant has one; whoever has two merchants is asked for which one it is.
ONE_OF_EACH = {("loyalty_loyaltyprogram", "add"), ("loyalty_merchantloyaltysettings", "add")}
SIGNED_IN = ("operator", "owner", "manager", "accountant", "colleague", "half", "stranger")


def is_refused(response: HttpResponse) -> bool:
    """Refused, not there, or sent to sign in; a redirect to any other page is what a form answers that was saved."""
    if response.status_code == 302:
        leads_to = response["Location"].partition("?")[0]
        return leads_to in (reverse("admin:index"), reverse("admin:login"))
    return response.status_code in (403, 404)


def opens(response: HttpResponse) -> bool:
    """A page, a file, or the way to one outside, to the lines of this row or to its rehearsal."""
    place = response["Location"] if response.status_code == 302 else "/admin/"
    here = place.startswith("/admin/loyalty/loyaltytransaction/?") or "/rehearse/?promotion=" in place
    leads_on = here or not place.startswith("/admin/")
    return response.status_code == 200 or leads_on


def is_allowed(who: str, kind: str, page: str) -> bool:
    letters = GATES[kind][page]
    if who == "half" and (kind, page) in ONE_OF_EACH:
        return True
    return may_list(who, letters) if page in WITHOUT_A_ROW else is_let_in(who, letters, kind)


def console_patterns() -> Iterator[URLPattern]:
    for entry in admin.site.get_urls():
        yield from entry.url_patterns if isinstance(entry, URLResolver) else [entry]


def test_every_kind_has_a_row_and_every_address_an_entry(world: World) -> None:
    kinds = {key(model()) for model in admin.site._registry}
    assert kinds == GATES.keys() == world.mine.keys()
    known = {name_of(kind, page) for kind, pages in GATES.items() for page in pages}
    exports = {f"{kind}_export" for kind in GATES}  # go with their lists, see below
    there = {pattern.name for pattern in console_patterns()}
    assert there - OF_THE_SITE == known | exports


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.usefixtures("undrawn")
def test_everybody_gets_in_exactly_where_their_role_allows(world: World, who: str) -> None:
    client = world.client(who)
    for kind, page in PAGES:
        with undone():
            if (kind, page) in IN_STATE:
                IN_STATE[kind, page](world, world.mine[kind])
            path, allowed = path_of(world, kind, page), is_allowed(who, kind, page)
            response = client.get(path if page != "changelist" else f"{path}?p=1")
            assert opens(response) == allowed, f"{who} at {path}: {response.status_code}"
            assert is_refused(response) == (not allowed), f"{who} at {path}: {response.status_code}"
            if page == "changelist" and allowed:
                check_rows(world, who, kind, response)


def check_rows(world: World, who: str, kind: str, response: HttpResponse) -> None:
    shown = {row.pk for row in response.context_data["cl"].result_list}
    for rows in ("mine", "elsewhere", "theirs"):
        row: models.Model | None = getattr(world, rows).get(kind)
        expected = is_shown(who, GATES[kind]["changelist"], kind, rows)
        assert row is None or (row.pk in shown) == expected, f"{who}: {kind} of {rows}"


def test_what_is_for_nobody_is_refused_to_the_operator_by_its_own_page(world: World) -> None:
    client = world.client("operator")
    closed = [(kind, page) for kind, page in PAGES if not GATES[kind][page]]
    assert len(closed) >= 15
    for kind, page in closed:
        if kind != "tenancy_backgroundjob" or page == "add":
            assert client.get(path_of(world, kind, page)).status_code == 403, (kind, page)
    (job,) = (path_of(world, kind, page) for kind, page in closed if (kind, page) == JOB_DELETION)
    assert world.client("owner").get(job).status_code == 403


JOB_DELETION = ("tenancy_backgroundjob", "delete")


def test_a_page_is_open_only_while_a_row_is_so(world: World) -> None:
    client = world.client("operator")
    closed = {**SHUT, **dict.fromkeys(pair for pair in IN_STATE if pair in PAGES)}
    assert len(closed) >= 18
    for (kind, page), shut in closed.items():
        with undone():
            if shut is not None:
                shut(world, world.mine[kind])
            before = state()
            path = path_of(world, kind, page)
            assert client.get(path).status_code == 403, path
            assert client.post(path, {"reason": "Why"}).status_code == 403, path
            assert differences(before, state()) == [], path


@pytest.mark.parametrize("who", VISITORS)
def test_a_list_is_downloaded_by_those_who_see_it(world: World, who: str) -> None:
    client = world.client(who)
    for kind, pages in GATES.items():
        for file in ("csv", "xlsx") if who == "operator" else ("csv",):
            response = client.get(reverse(f"admin:{kind}_export", args=[file]))
            allowed = may_list(who, pages["changelist"])
            assert (response.status_code == 200) == allowed, f"{who}: {kind} as {file}"
            assert is_refused(response) == (not allowed), f"{who}: {kind} as {file}"


@pytest.mark.parametrize("who", VISITORS)
def test_the_console_itself_is_for_those_who_have_something_in_it(world: World, who: str) -> None:
    client = world.client(who)
    for path in ("/admin/", "/admin/search/?s=e", "/admin/jsi18n/"):
        response = client.get(path)
        assert (response.status_code == 200) == (who in SIGNED_IN), f"{who} at {path}"
        assert is_refused(response) == (who not in SIGNED_IN), f"{who} at {path}"


@pytest.mark.parametrize("who", ["operator", "owner", "manager", "accountant"])
def test_the_menu_leads_only_to_pages_that_open(world: World, who: str) -> None:
    client = world.client(who)
    menu = client.get(reverse("admin:index")).context["sidebar_navigation"]
    links = [item["link"] for group in menu for item in group["items"]]
    assert len(links) > 5
    for link in links:
        assert client.get(link, follow=True).status_code == 200, f"{who} at {link}"


def test_staff_are_sent_to_the_sign_in_with_a_word_why(world: World) -> None:
    response = world.client("staff").get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("admin:login"))
    assert "does not open the console" in response.content.decode()
