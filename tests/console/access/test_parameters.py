"""A list of the console is narrowed by its filters and its search alone, whatever stands in its address.

Else a parameter like ?pin_hash__gte= spells out a secret, one letter by letter.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from groundwork.console.lists import ChoicesFilter
from tenancy import roles
from tests.console.access.people import World
from tests.console.world import key, list_address

LOOKUPS = ("", "__exact", "__gte", "__startswith", "__regex", "__isnull", "__in")
OF_RELATED = ("", "__startswith", "__gte")
KINDS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = [model._meta.label_lower for model in KINDS]
SECRETS = (
    "access_token",
    "qr_code_data",
    "pin_hash",
    "password",
    "auth_token",
    "serial_number",
    "push_token",
    "key_hash",
    "card_key",
    "dedup_key",
)


def asked(world: World, who: str, query: str = "") -> HttpRequest:
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), world.people[who]
    return request


def columns(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.concrete_fields)


def lookups(model: type[models.Model]) -> Iterator[str]:
    """Every column with every lookup, and every column of the rows that it points to."""
    for column in columns(model):
        yield from (column.name + lookup for lookup in LOOKUPS)
        if column.remote_field is None:
            continue
        for beyond in columns(column.remote_field.model):
            yield from (f"{column.name}__{beyond.name}{lookup}" for lookup in OF_RELATED)


def offered(filters: Any) -> set[str]:
    """The parameters of a list's filters."""
    fields = [given for given in filters if isinstance(given, str)]
    named = {given.parameter_name for given in filters if not isinstance(given, str)}
    return named | {
        field + suffix for field in fields for suffix in ("", "__exact", "__isnull", "__id__exact")
    }


@pytest.mark.parametrize("model", KINDS, ids=NAMES)
def test_a_list_refuses_every_parameter_that_no_filter_offers(
    world: World, model: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChoicesFilter, "field_choices", lambda *_: [])  # saves queries
    page = admin.site.get_model_admin(model)
    with roles.scope_of(world.people["operator"]):
        known = offered(page.get_list_filter(asked(world, "operator")))
        tried = [name for name in lookups(model) if name not in known]
        assert len(tried) >= 10
        for name in (*tried, "no_such_thing", "pk__in"):
            with pytest.raises(SuspiciousOperation):
                page.get_changelist_instance(asked(world, "operator", f"{name}=1"))


@pytest.mark.parametrize("model", KINDS, ids=NAMES)
def test_the_page_of_such_a_list_and_its_file_are_a_kind_400(world: World, model: type[models.Model]) -> None:
    client = world.client("operator")
    known = offered(admin.site.get_model_admin(model).get_list_filter(asked(world, "operator")))
    (name, *_) = (one.name for one in columns(model) if one.name not in known)
    name += "__startswith"
    for path in (list_address(model), reverse(f"admin:{key(model())}_export", args=["csv"])):
        response = client.get(path, {name: "1"})
        assert response.status_code == 400, path
        assert "This address cannot be read" in response.content.decode()
        assert client.get(path, {"o": "1"}).status_code == 200, path


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [
        ("loyalty_staffpin", "pin_hash__gte"),
        ("loyalty_loyaltycard", "access_token__startswith"),
        ("loyalty_loyaltytransaction", "card__access_token__startswith"),
        ("tenancy_storeuser", "user__password__startswith"),
        ("wallet_walletpass", "auth_token__startswith"),
    ],
)
def test_a_manager_cannot_guess_a_secret_letter_by_letter(world: World, kind: str, parameter: str) -> None:
    client = world.client("manager")
    for guess in ("", "a", "zzz"):
        assert client.get(list_address(kind), {parameter: guess}).status_code == 400
    assert client.get(list_address(kind)).status_code == 200


@pytest.mark.parametrize("model", KINDS, ids=NAMES)
def test_every_filter_that_is_offered_works(world: World, model: type[models.Model]) -> None:
    client = world.client("operator")
    with roles.scope_of(world.people["operator"]):
        page = admin.site.get_model_admin(model)
        shown = page.get_changelist_instance(asked(world, "operator", "p=1"))
        choices = [choice["query_string"] for one in shown.filter_specs for choice in one.choices(shown)]
        for query in (
            "q=a",
            "o=1",
            "o=-1",
            "all=",
            "_popup=1",
            *(choice.removeprefix("?") for choice in choices),
        ):
            page.get_changelist_instance(asked(world, "operator", query))
    (*_, last) = choices or ("",)
    searched = "&q=a" if page.search_fields else ""
    assert client.get(f"{list_address(model)}?o=-1{searched}&{last.removeprefix('?')}").status_code == 200


def test_a_popup_hands_over_a_key_and_nothing_else(world: World) -> None:
    client = world.client("manager")
    path = list_address("loyalty_staffpin")
    assert client.get(path, {"_popup": "1", "_to_field": "pin_hash"}).status_code == 400
    assert client.get(path, {"_popup": "1", "_to_field": "id"}).status_code == 200


# --- Searching, sorting and proposing -----------------------------------------------------------------------


@pytest.mark.parametrize("model", KINDS, ids=NAMES)
def test_no_list_is_searched_or_sorted_by_a_secret(world: World, model: type[models.Model]) -> None:
    page = admin.site.get_model_admin(model)
    with roles.scope_of(world.people["operator"]):
        shown = page.get_changelist_instance(asked(world, "operator", "p=1"))
        sorts = {
            shown.get_ordering_field(column)
            for column in page.get_list_display(asked(world, "operator", "deleted=too"))
        }
    for path in (*page.search_fields, *filter(None, map(str, sorts)), *(page.ordering or ())):
        assert path.lstrip("-^=@").rpartition("__")[2] not in SECRETS, path


def test_a_search_for_a_secret_finds_nothing(world: World) -> None:
    client = world.client("operator")
    tried = 0
    for kind, row in world.mine.items():
        for name in SECRETS:
            if (secret := getattr(row, name, "")) and admin.site.get_model_admin(type(row)).search_fields:
                shown = client.get(list_address(kind), {"q": secret}).context["cl"].result_list
                assert row not in shown, f"{kind} by its {name}"
                tried += 1
    assert tried >= 6
    card = world.mine["loyalty_loyaltycard"]
    found = client.get(list_address("loyalty_loyaltycard"), {"q": card.card_number}).context["cl"]
    assert list(found.result_list) == [card]


def test_only_fields_that_a_page_offers_are_proposed_for(world: World) -> None:
    client, open_to = world.client("operator"), []
    for model in KINDS:
        proposed = admin.site.get_model_admin(model).autocomplete_fields
        others = [column for column in columns(model) if column.remote_field is None]
        for column in (*others[:1], *(one for one in columns(model) if one.remote_field)):
            asked_for = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            response = client.get("/admin/autocomplete/", asked_for | {"field_name": column.name})
            assert (response.status_code == 200) == (column.name in proposed), column
            if response.status_code == 200:
                open_to.append(f"{model._meta.model_name}.{column.name}")
            else:
                assert response.status_code in (403, 404)
    assert open_to == [
        "customer.merchant",
        "customer.store",
        "loyaltyprogram.merchant",
        "merchantloyaltysettings.merchant",
        "store.merchant",
        "endpoint.merchant",
    ]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("owner", {"mine", "elsewhere"}),
        ("manager", {"mine"}),
        ("colleague", {"elsewhere"}),
        ("stranger", {"theirs"}),
        ("operator", {"mine", "elsewhere", "theirs"}),
    ],
)
def test_everybody_is_proposed_their_own_stores(world: World, who: str, names: set[str]) -> None:
    of = {"app_label": "customers", "model_name": "customer", "field_name": "store"}
    found = world.client(who).get("/admin/autocomplete/", of).json()["results"]
    ids = {int(one["id"]) for one in found}
    for rows in ("mine", "elsewhere", "theirs"):
        assert (getattr(world, rows)["tenancy_store"].pk in ids) == (rows in names), rows
    for nobody in ("staff", "anonymous"):
        assert world.client(nobody).get("/admin/autocomplete/", of).status_code == 302


@pytest.mark.parametrize(("who", "are_there"), [("operator", True), ("owner", False), ("manager", False)])
def test_rows_of_the_platform_are_for_operators_alone(world: World, who: str, are_there: bool) -> None:
    """Also past the pages, which open for nobody else."""
    kind = "django_celery_beat_periodictask"
    page = admin.site.get_model_admin(type(world.mine[kind]))
    assert page.get_queryset(asked(world, who)).exists() == are_there
