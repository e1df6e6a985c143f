"""Prepared queries on tenant data: the merchant of the open scope is one more parameter."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from groundwork.database import prepared
from tenancy import scope

_MERCHANT = "merchant of the open scope"


class Prepared(prepared.Prepared):
    """A query that is compiled once for the scope of one merchant, once for everything and once for none."""

    def surroundings(self) -> prepared.Surroundings | None:
        if not scope.is_open():
            return "closed", {}
        opened = scope.current()
        if isinstance(opened, str):
            return opened, {}
        # Of several merchants the query has another shape each time; of none there is nothing to ask.
        return ("one merchant", {_MERCHANT: next(iter(opened))}) if len(opened) == 1 else None

    def within(self, values: Mapping[str, Any]) -> AbstractContextManager[Any]:
        return scope.merchant(values[_MERCHANT]) if values else nullcontext()
