"""Prepared queries: each gives what the ORM gives for its builder, in every scope; and so do prepared writes."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from groundwork.database import prepared as plain
from groundwork.idempotency import once
from loyalty import ledger, selectors
from loyalty.api import access
from loyalty.models import LoyaltyTransaction
from loyalty.services import pins, staff_tokens
from notifications import selectors as emails
from notifications.models import Code, EmailTemplate
from tenancy import api_keys, scope, sign_in, tills
from tenancy.actor import Actor
from tenancy.models import IdempotencyKey, Role, StoreUser, User
from tenancy.prepared import Prepared
from tests import factories
from wallet import selectors as passes

pytestmark = pytest.mark.django_db

Made = tuple[Prepared, dict[str, Any]]
OF_NO_SCOPE = {"user", "kept answer"}  # known by themselves: an id of one's own, or place, credential and key


class World:
    """Two merchants with a card, a clerk, a key and a token each."""

    def __init__(self) -> None:
        with scope.everything("tests of prepared queries"):
            self.shops = [factories.shop(), factories.shop()]
            self.cards = [factories.card(shop.store, stamps=3) for shop in self.shops]
            self.mine = self.shops[0].store
            self.user = User.objects.create_user("clerk@example.com")
            StoreUser.objects.create(
                merchant_id=self.mine.merchant_id, user=self.user, store=self.mine, role=Role.STAFF
            )
            _row, self.key = api_keys.make(store=self.mine, name="till", by=self.user)
            clerk = pins.create(store=self.mine, actor=Actor(role="owner"), name="Mia", pin="4829")
            _token, self.token = staff_tokens.issue(clerk, device="till:1", now=timezone.now())
            _till, self.carried = factories.till(self.mine)
            where = {"merchant_id": self.mine.merchant_id, "store_id": self.mine.pk}
            self.kept = {**where, "credential": "till:1", "key": "k"}
            IdempotencyKey.objects.create(**self.kept, fingerprint="f", status=201, answer=b"packed")
            EmailTemplate.objects.create(
                code=Code.ENROLLMENT, store=self.mine, subject_en="Ours", body_en="Hi"
            )
            self.line = LoyaltyTransaction.objects.filter(card=self.cards[0]).latest("id")

    def queries(self) -> dict[str, Made]:
        """Each prepared query of the project, with parameters that find something."""
        store, card = self.mine, self.cards[0]
        ids = {"store_id": store.pk, "merchant_id": store.merchant_id}
        noon = self.line.transaction_at
        window = {
            "at": noon,
            "start": noon - timedelta(hours=9),
            "end": noon + timedelta(hours=9),
            "earliest": noon - timedelta(days=1),
            "latest": noon + timedelta(days=1),
        }
        code = {"store_code": store.store_code}
        return {
            "store of a member": (access._store_of_member, {"user_id": self.user.pk, **code}),
            "store of a machine": (access._store_of_machine, {"store_id": store.pk, **code}),
            "card to lock": (ledger._lock_one, {**ids, "card_id": card.pk}),
            "card": (selectors._one_card, {**ids, "card_id": card.pk}),
            "stamps around a moment": (selectors._usage_of_one, {"card_id": card.pk, **window}),
            "ledger line": (selectors._one_line, {**ids, "line_id": self.line.pk}),
            "staff token": (
                staff_tokens._token_of,
                {"token_hash": self.token.token_hash, "store_id": store.pk, "device": "till:1"},
            ),
            "till": (tills._living, {"token_hash": tills.digest(self.carried)}),
            "key": (api_keys._living, {"key_hash": api_keys._digest(self.key)}),
            "user": (sign_in._user, {"user_id": self.user.pk}),
            "card of a pass": (passes._one_card, {"card_id": card.pk}),
            "stores of a pass": (passes._stores_of, {"merchant_id": store.merchant_id}),
            "lines of a pass": (passes.lines_of, {"card_id": card.pk}),
            "kept answer": (once._rows_of, self.kept),
            "card of an e-mail": (emails._card_of, {"card_id": card.pk}),
            "texts of an e-mail": (emails._texts, {"code": Code.ENROLLMENT, "store_id": store.pk}),
        }


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    for query, _parameters in made.queries().values():
        query.forget()
    yield made
    for query, _parameters in made.queries().values():
        query.forget()


def read(row: Any, above: tuple[Any, ...] = ()) -> Any:
    """All that stands in a row: its columns, its annotations, and the rows that were joined to it."""
    if not isinstance(row, models.Model):
        return row
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    joined = {
        name: read(other, (*above, row))
        for name, other in row._state.fields_cache.items()
        if all(other is not each for each in above)
    }
    return type(row), own, joined, row._state.db, row._state.adding


def scopes(world: World) -> dict[str, Callable[[], AbstractContextManager]]:
    one, other = (shop.merchant.pk for shop in world.shops)
    return {
        "everything": lambda: scope.everything("tests"),
        "nothing": lambda: scope.merchants([]),
        "one merchant": lambda: scope.merchant(one),
        "another merchant": lambda: scope.merchant(other),
        "several merchants": lambda: scope.merchants([one, other]),
    }


def test_every_prepared_query_is_compared(world: World) -> None:
    kept = {id(each) for each in gc.get_objects() if issubclass(type(each), plain.Prepared)}
    assert kept == {id(query) for query, _parameters in world.queries().values()}


@pytest.mark.parametrize(
    "first", ["everything", "nothing", "one merchant", "another merchant", "several merchants"]
)
def test_a_prepared_query_finds_in_every_scope_what_the_orm_finds(world: World, first: str) -> None:
    """Whichever scope it was compiled in first."""
    found = {}
    order = sorted(scopes(world).items(), key=lambda pair: pair[0] != first)
    for name, (query, parameters) in world.queries().items():
        for where, opened in order:
            with opened():
                rows = [read(row) for row in query(**parameters)]
                assert rows == [read(row) for row in query.build(**parameters)], (name, where)
                found[name, where] = len(rows)
    several = {"stores of a pass": 2, "lines of a pass": 2}  # what these find; the others find one row
    seen_in = {"everything", "one merchant", "several merchants"}
    assert {key: count for key, count in found.items() if key[0] not in OF_NO_SCOPE} == {
        (name, where): several.get(name, 1) if where in seen_in else 0
        for name in world.queries().keys() - OF_NO_SCOPE
        for where in scopes(world)
    }


def test_a_statement_that_saw_everything_is_not_used_where_nothing_is_seen(world: World) -> None:
    query, parameters = world.queries()["card"]
    with scope.everything("tests"):
        assert [card.pk for card in query(**parameters)] == [world.cards[0].pk]
    with scope.merchants([]):
        assert query(**parameters) == []


def test_outside_of_any_scope_tenant_data_is_an_error_compiled_or_not(world: World) -> None:
    query, parameters = world.queries()["card"]
    with pytest.raises(scope.ScopeError):
        query(**parameters)
    with scope.everything("tests"):
        assert len(query(**parameters)) == 1
    with pytest.raises(scope.ScopeError):
        query(**parameters)


def test_other_parameters_find_other_rows(world: World) -> None:
    query, parameters = world.queries()["card"]
    other = world.cards[1]
    theirs = {"store_id": world.shops[1].store.pk, "merchant_id": other.merchant_id, "card_id": other.pk}
    with scope.everything("tests"):
        assert [card.pk for card in query(**parameters)] == [world.cards[0].pk]
        assert [card.pk for card in query(**theirs)] == [other.pk]
        assert query(**parameters | {"card_id": other.pk}) == []
