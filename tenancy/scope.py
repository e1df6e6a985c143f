"""Whose rows may be seen: the tenant scope that every query on tenant data runs in.

A scope is a set of merchants, or everything. It is opened at the door (a page, an API call, a task, a command)
and read when a query is compiled, so that a query outside of any scope is an error and not "all rows":

    with scope.merchant(store.merchant_id):
        LoyaltyCard.objects.filter(...)
    with scope.everything("nightly expiry goes through all merchants"):
        ...

`visible_to` narrows further: to what one signed-in user may see in the console.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import BooleanField, F, Func, Q, QuerySet

if TYPE_CHECKING:
    from tenancy.models import Merchant, User

EVERYTHING = "everything"
_current: ContextVar[frozenset[int] | str | None] = ContextVar("tenant_scope", default=None)


class ScopeError(RuntimeError):
    """A query on tenant data ran outside of any scope."""


@contextmanager
def _opened(value: frozenset[int] | str) -> Iterator[None]:
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)


def merchant(merchant: "Merchant | int") -> Any:
    """Open the scope of one merchant (an instance or an id)."""
    return _opened(frozenset([merchant if isinstance(merchant, int) else merchant.pk]))


def merchants(ids: Iterable[int]) -> Any:
    """Open the scope of several merchants, by id; none at all sees nothing."""
    return _opened(frozenset(ids))


def everything(why: str) -> Any:
    """Open all merchants' data; `why` is for the reader of the call."""
    if not why:
        raise ValueError("Say why everything is needed.")
    return _opened(EVERYTHING)


def current() -> frozenset[int] | str:
    """The open scope: a set of merchant ids, or EVERYTHING. Raises ScopeError outside of any."""
    value = _current.get()
    if value is None:
        raise ScopeError("Open a tenant scope (tenancy.scope) before asking for tenant data.")
    return value


def is_open() -> bool:
    """Whether any scope is open."""
    return _current.get() is not None


class InScope(Func):
    """The WHERE condition of the open scope, looked up when the query runs (not when it is written)."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str = "merchant_id") -> None:
        super().__init__(F(column))

    def as_sql(  # type: ignore[override]  # it takes no template of Func
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        scope = current()
        if scope == EVERYTHING:
            raise FullResultSet
        if not scope:
            raise EmptyResultSet
        column, parameters = compiler.compile(self.source_expressions[0])
        ids = sorted(scope)
        if len(ids) == 1:
            return f"{column} = %s", [*parameters, ids[0]]
        marks = ", ".join(["%s"] * len(ids))
        return f"{column} IN ({marks})", [*parameters, *ids]


def merchant_ids_of(user: "User") -> frozenset[int] | str:
    """The merchants a user works for, as a scope: EVERYTHING for an operator."""
    if user.is_superuser:
        return EVERYTHING
    return frozenset(membership.merchant_id for membership in user.memberships())


@contextmanager
def of_user(user: "User") -> Iterator[None]:
    """Open the scope of all merchants that a signed-in user works for."""
    with _opened(merchant_ids_of(user)):
        yield


def visible_to(user: "User", queryset: QuerySet) -> QuerySet:
    """The rows of a tenant model that a user may see in the console.

    Operators see all; owners their merchant's; managers what their stores have to do with (each model says so
    in `visible_at`); staff and strangers nothing.
    """
    if not (user.is_authenticated and user.is_active):
        return queryset.none()
    if user.is_superuser:
        return queryset
    memberships = user.memberships()
    owned = {row.merchant_id for row in memberships if row.role == "owner"}
    managed = [row for row in memberships if row.role == "manager" and row.merchant_id not in owned]
    model = queryset.model
    allowed = Q(**{f"{model.merchant_path}__in": owned})
    if managed:
        at_stores = model.visible_at({row.store_id for row in managed})
        allowed |= Q(**{f"{model.merchant_path}__in": {row.merchant_id for row in managed}}) & at_stores
    return queryset.filter(allowed)


def reach_of(user: "User") -> list[list[int]]:
    """What a user's roles cover in the console, as plain data: pairs of merchant and store, 0 for all of them."""
    if user.is_superuser:
        return [[0, 0]]
    rows = [row for row in user.memberships() if row.role in ("owner", "manager")]
    return sorted([row.merchant_id, 0 if row.role == "owner" else row.store_id] for row in rows)


def still_reaches(user: "User", reach: Iterable[Iterable[int]]) -> bool:
    """Whether a user may still see all that `reach_of` said of them earlier."""
    now = {(merchant_id, store_id) for merchant_id, store_id in reach_of(user)}
    living = user.is_active and user.deleted_at is None
    return living and all({(0, 0), (shop, 0), (shop, store)} & now for shop, store in reach)
