"""The back office: lists of everything, deleting, and bringing back exactly what went."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenancy.models import User
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Caller, Till

pytestmark = pytest.mark.django_db

NOUNS = ("merchants", "stores", "users", "customers", "programs", "cards")


@pytest.fixture
def boss() -> Any:
    return factories.operator()


@pytest.fixture
def operator(boss: Any) -> Caller:
    return Caller(boss, base="/api/v1/admin/")


def ids(caller: Caller, path: str) -> list[int]:
    response = caller.get(path)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


# --- Lists ------------------------------------------------------------------------------------------------


def test_every_kind_is_listed_newest_first(shop: Shop, operator: Caller, boss: Any) -> None:
    card = factories.card(shop.store)
    other = factories.merchant()
    assert ids(operator, "merchants/") == [other.pk, shop.merchant.pk]
    assert ids(operator, "stores/") == [shop.other_store.pk, shop.store.pk]
    assert set(ids(operator, "users/")) == {shop.owner.pk, shop.manager.pk, shop.staff.pk, boss.pk}
    assert ids(operator, "customers/") == [card.customer_id]
    assert ids(operator, "programs/") == [shop.program.pk]
    assert ids(operator, "cards/") == [card.pk]


def test_rows_are_shown_exactly_so(shop: Shop, operator: Caller, boss: Any) -> None:
    card = factories.card(shop.store, email="anna@example.com", stamps=3)

    def row(noun: str, row_id: int) -> dict:
        (found,) = [one for one in operator.get(f"{noun}/").json()["results"] if one["id"] == row_id]
        del found["created_at"]
        assert (found.pop("deleted_at"), found.pop("deleted_by")) == (None, None)
        return found

    assert row("merchants", shop.merchant.pk) == {
        "id": shop.merchant.pk,
        "slug": shop.merchant.slug,
        "name": shop.merchant.name,
        "contact_email": "",
        "currency": "EUR",
        "timezone": "Europe/Luxembourg",
        "default_language": "en",
        "is_active": True,
    }
    assert row("stores", shop.store.pk) == {
        "id": shop.store.pk,
        "merchant": shop.merchant.slug,
        "store_code": shop.store.store_code,
        "name": shop.store.name,
        "city": "Luxembourg",
        "country": "LU",
        "timezone": "Europe/Luxembourg",
        "is_active": True,
    }
    assert row("users", boss.pk) == {
        "id": boss.pk,
        "email": boss.email,
        "name": "",
        "is_active": True,
        "is_operator": True,
        "last_login": row("users", boss.pk)["last_login"],
    }
    assert row("customers", card.customer_id) == {
        "id": card.customer_id,
        "merchant": shop.merchant.slug,
        "name": "Anna Weber",
        "email": "anna@example.com",
        "phone": "",
        "birth_date": None,
        "language": "",
        "marketing_consent": False,
        "tags": [],
        "is_active": True,
    }
    shown = row("cards", card.pk)
    assert (shown["merchant"], shown["card_number"], shown["stamp_count"]) == (
        shop.merchant.slug,
        card.display_number,
        3,
    )
    for secret in ("access_token", "qr_code_data", "password", "pin_hash"):
        assert not any(secret in operator.get(f"{noun}/").content.decode() for noun in NOUNS)


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("merchants", "mirab"),
        ("stores", "GARE"),
        ("users", "owner-m"),
        ("customers", "zoe+meyer"),
        ("programs", "mirabel"),
        ("cards", "zoe"),
    ],
)
def test_lists_are_searched(noun: str, text: str, operator: Caller) -> None:
    factories.card(factories.shop().store)
    house = factories.merchant(name="Café Mirabel", slug="mirabel")
    gare = factories.store(house, name="Gare")
    factories.program(house)
    factories.card(gare, name="Zoé Meyer", email="zoe@example.com")
    factories.member(gare, role="owner", email="owner-m@example.com")
    assert len(ids(operator, f"{noun}/?search={text}")) == 1
    assert ids(operator, f"{noun}/?search=nothing-like-it") == []


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("query", ["include_deleted=maybe", "only_deleted=2", "search=%00"])
def test_a_filter_that_means_nothing_is_refused(operator: Caller, noun: str, query: str) -> None:
    response = operator.get(f"{noun}/?{query}")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_costs_the_same_however_long_it_is(operator: Caller, noun: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(f"{noun}/").status_code == 200
        return len(captured)

    factories.card(factories.shop().store)
    few = statements()
    for _number in range(3):
        factories.card(factories.shop().store)
    assert statements() == few


# --- Deleting and restoring -------------------------------------------------------------------------------


@pytest.fixture
def rows(shop: Shop) -> dict[str, Any]:
    """A row of each kind, by its noun."""
    card = factories.card(shop.store)
    with factories.inside(shop):
        return {
            "merchants": shop.merchant,
            "stores": shop.other_store,
            "users": shop.staff,
            "customers": card.customer,
            "programs": shop.program,
            "cards": card,
        }


@pytest.mark.parametrize("noun", NOUNS)
def test_a_deleted_row_is_hidden_and_can_be_brought_back(
    rows: dict[str, Any], operator: Caller, boss: Any, noun: str
) -> None:
    row = rows[noun]
    deleted = operator.delete(f"{noun}/{row.pk}/")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert row.pk not in ids(operator, f"{noun}/")
    assert row.pk in ids(operator, f"{noun}/?include_deleted=true")
    (only,) = operator.get(f"{noun}/?only_deleted=true").json()["results"]
    assert (only["id"], only["deleted_by"]) == (row.pk, boss.email)
    assert only["deleted_at"].endswith("Z")

    restored = operator.put(f"{noun}/{row.pk}/restore/")
    assert restored.status_code == 200
    answer = restored.json()
    assert answer.pop("restored")[row._meta.label] == 1
    assert answer["deleted_at"] is None
    assert answer == next(one for one in operator.get(f"{noun}/").json()["results"] if one["id"] == row.pk)


@pytest.mark.parametrize("noun", NOUNS)
def test_what_is_not_there_cannot_be_deleted_or_restored(
    rows: dict[str, Any], operator: Caller, noun: str
) -> None:
    row = rows[noun]
    operator.delete(f"{noun}/{row.pk}/")
    assert operator.delete(f"{noun}/{row.pk}/").status_code == 404
    for row_id in (0, 10**9, 2**63, 10**40):
        assert operator.delete(f"{noun}/{row_id}/").status_code == 404
        assert operator.put(f"{noun}/{row_id}/restore/").status_code == 404
    assert fresh(row).deleted_at is not None


@pytest.mark.parametrize("noun", NOUNS)
def test_a_living_row_cannot_be_restored(rows: dict[str, Any], operator: Caller, noun: str) -> None:
    response = operator.put(f"{noun}/{rows[noun].pk}/restore/")
    assert (response.status_code, response.json()["code"]) == (409, "restore_conflict")


def test_restoring_counts_what_comes_back(shop: Shop, operator: Caller) -> None:
    kept, gone = factories.card(shop.store), factories.card(shop.store)
    operator.delete(f"cards/{gone.pk}/")
    operator.delete(f"programs/{shop.program.pk}/")
    assert ids(operator, "cards/") == []
    counts = operator.put(f"programs/{shop.program.pk}/restore/").json()["restored"]
    assert counts == {"loyalty.LoyaltyProgram": 1, "loyalty.PointsReward": 2, "loyalty.LoyaltyCard": 1}
    assert ids(operator, "cards/") == [kept.pk]


def test_a_card_stays_gone_while_its_customer_is(shop: Shop, operator: Caller) -> None:
    card = factories.card(shop.store)
    operator.delete(f"cards/{card.pk}/")
    operator.delete(f"customers/{card.customer_id}/")
    response = operator.put(f"cards/{card.pk}/restore/")
    assert (response.status_code, response.json()["code"]) == (409, "restore_conflict")


def test_a_name_that_was_taken_meanwhile_is_a_conflict(operator: Caller) -> None:
    old = factories.merchant(slug="mirabel")
    operator.delete(f"merchants/{old.pk}/")
    factories.merchant(slug="mirabel")
    response = operator.put(f"merchants/{old.pk}/restore/")
    assert (response.status_code, response.json()["code"]) == (409, "restore_conflict")


def test_a_deleted_user_is_signed_out(shop: Shop, operator: Caller, till: Till) -> None:
    operator.delete(f"users/{shop.staff.pk}/")
    assert till.get().json()["code"] == "not_authenticated"
    operator.put(f"users/{shop.staff.pk}/restore/")
    assert till.get().json()["code"] == "not_authenticated"  # what was signed in once does not come back
    assert Till(shop.store, User.objects.get(pk=shop.staff.pk)).get().status_code == 200
