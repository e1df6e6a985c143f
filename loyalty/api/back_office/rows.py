"""Lists of everything that is soft-deleted, deleting, and bringing back: the same calls for every kind of row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from customers import selectors as customers
from customers.models import Customer
from groundwork.deletion import restore, soft_delete
from groundwork.errors import AlreadyDeleted, DomainError, NotFound, RestoreConflict
from groundwork.models import SoftDeletable
from loyalty import finding
from loyalty.api.base import BackOfficeView
from loyalty.api.described import field_of, serializer_of
from loyalty.api.documentation import documented
from loyalty.api.errors import MerchantNotFound, UserNotFound
from loyalty.api.fields import AskedFlag
from loyalty.api.inputs import LONGEST_QUERY
from loyalty.errors import CardNotFound, CustomerNotFound, ProgramNotFound
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.outputs import rows as shown
from tenancy.errors import StoreNotFound
from tenancy.models import Merchant, Store, User

TAGS = ["back office"]


class RowSearchInput(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=LONGEST_QUERY)
    include_deleted = AskedFlag(required=False)
    only_deleted = AskedFlag(required=False)


@dataclass(frozen=True)
class Kind:
    """A kind of row: what it is called, how it is searched, shown, and missed."""

    name: str
    model: type[SoftDeletable]
    output: type
    present: Callable[[list[Any]], Sequence[Mapping[str, Any]]]
    search: Callable[[QuerySet, str], QuerySet]
    missing: type[DomainError]
    related: tuple[str, ...] = ()

    def rows(self, *, include_deleted: bool = False, only_deleted: bool = False) -> QuerySet:
        """The rows of the open scope, newest first: living ones, deleted ones too, or deleted ones only."""
        manager = self.model.all_objects if include_deleted else self.model.objects
        manager = self.model.deleted_objects if only_deleted else manager
        return manager.select_related(*self.related, "deleted_by").order_by("-pk")

    def one(self, row_id: int, **deleted: bool) -> Any:
        """A row by its id, or `missing`."""
        row = self.rows(**deleted).filter(pk=row_id).first()
        if row is None:
            raise self.missing()
        return row


def containing(*fields: str) -> Callable[[QuerySet, str], QuerySet]:
    """A search for rows in which every word is part of one of the fields, whatever its case."""

    def search(rows: QuerySet, text: str) -> QuerySet:
        for word in text.split():
            found = Q()
            for field in fields:
                found |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(found)
        return rows

    return search


MERCHANTS = Kind(
    "Merchant",
    Merchant,
    shown.MerchantRow,
    shown.merchants,
    containing("name", "slug"),
    missing=MerchantNotFound,
)
STORES = Kind(
    "Store",
    Store,
    shown.StoreRow,
    shown.stores,
    containing("name", "store_code", "city"),
    related=("merchant",),
    missing=StoreNotFound,
)
USERS = Kind(
    "User",
    User,
    shown.UserRow,
    shown.users,
    containing("email", "first_name", "last_name"),
    missing=UserNotFound,
)
CUSTOMERS = Kind(
    "Customer",
    Customer,
    shown.CustomerRow,
    shown.customers,
    customers.matching,
    related=("merchant",),
    missing=CustomerNotFound,
)
PROGRAMS = Kind(
    "Program",
    LoyaltyProgram,
    shown.ProgramRow,
    shown.loyalty_programs,
    containing("merchant__name", "merchant__slug", "card_name"),
    related=("merchant__loyalty_settings",),
    missing=ProgramNotFound,
)
CARDS = Kind(
    "Card",
    LoyaltyCard,
    shown.CardRow,
    shown.loyalty_cards,
    finding.matching,
    related=("merchant", "program", "customer", "enrolled_at_store", "scope_store"),
    missing=CardNotFound,
)


class KindView(BackOfficeView):
    """A call about one kind of row."""

    kind: ClassVar[Kind]

    def found(self, asked: dict[str, Any]) -> QuerySet:
        """The rows that a query asks for."""
        deleted = {name: asked.get(name, False) for name in ("include_deleted", "only_deleted")}
        rows = self.kind.rows(**deleted)
        return self.kind.search(rows, asked["search"]) if "search" in asked else rows

    def delete_row(self, row_id: int) -> Response:
        soft_delete(self.kind.one(row_id), by=self.actor.user)
        return Response(status=204)

    def restore_row(self, row_id: int) -> Response:
        counts = restore(self.kind.one(row_id, include_deleted=True))
        (row,) = self.kind.present([self.kind.one(row_id)])
        return Response({**row, "restored": counts})


@cache
def restored(output: Any) -> type[Serializer]:
    """What `restore_row` answers: a row that was brought back, and how many rows of each model came with it."""
    counts = field_of(Annotated[dict[str, int], "Model -> count."])
    return type(f"Restored{output.__name__}", (serializer_of(output),), {"restored": counts})


def list_view(given: Kind) -> type[KindView]:
    """The view that lists a kind."""

    class Rows(KindView):
        kind = given

        @documented(
            f"{given.name}s",
            scope=None,
            query=RowSearchInput,
            answers={200: given.output},
            refusals=[NotFound],
            paged=True,
            tags=TAGS,
        )
        def get(self, request: Request) -> Response:
            return self.page(self.found(self.query(RowSearchInput)), self.kind.present)

    return _named(Rows, f"All{given.name}s")


def delete_view(given: Kind) -> type[KindView]:
    """The view that deletes a row of a kind."""

    class Row(KindView):
        kind = given

        @documented(
            f"Delete a {given.name.lower()}",
            scope=None,
            answers={204: None},
            refusals=[given.missing, AlreadyDeleted],
            tags=TAGS,
        )
        def delete(self, request: Request, row_id: int) -> Response:
            """It is hidden with all that goes with it, and can be restored."""
            return self.delete_row(row_id)

    return _named(Row, f"Any{given.name}")


def restore_view(given: Kind) -> type[KindView]:
    """The view that brings a row of a kind back."""

    class Restore(KindView):
        kind = given

        @documented(
            f"Restore a {given.name.lower()}",
            scope=None,
            answers={200: restored(given.output)},
            refusals=[given.missing, RestoreConflict],
            tags=TAGS,
        )
        def put(self, request: Request, row_id: int) -> Response:
            """It comes back with exactly what was deleted with it."""
            return self.restore_row(row_id)

    return _named(Restore, f"Restore{given.name}")


def _named(view: type[KindView], name: str) -> type[KindView]:
    view.__name__ = view.__qualname__ = name
    return view
