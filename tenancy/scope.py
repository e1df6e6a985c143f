"""Whose rows may be seen: the tenant scope that every query on tenant data runs in.

A scope is a set of merchants, or everything. It is opened at the door (a page, an API call, a task, a command)
and read when a query is compiled, so that a query outside of any scope is an error and not "all rows":

    with scope.merchant(store.merchant_id):
        LoyaltyCard.objects.filter(...)
    with scope.everything("nightly expiry goes through all merchants"):
        ...

What one signed-in user may see in it is said by `tenancy.roles`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import BooleanField, F, Func

if TYPE_CHECKING:
    from tenancy.models import Merchant

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
        placeholders = ", ".join(["%s"] * len(ids))
        return f"{column} IN ({placeholders})", [*parameters, *ids]
