"""Lists of the console: counted only as far as people read, deleted rows on request."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import LIVING

COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further: a list of a million cards costs what a page of it costs."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:COUNT_LIMIT].count()


class DeletedFilter(admin.SimpleListFilter):
    """Living rows, unless deleted ones are asked for."""

    title = _("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("only", _("Deleted only")), ("too", _("Deleted too"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Not deleted")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "too":
            return queryset
        return queryset.filter(~LIVING if self.value() == "only" else LIVING)
