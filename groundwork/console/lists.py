"""Lists of the console: counted and sorted only as far as people read, deleted rows on request."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from groundwork.models import LIVING

COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further: a list of a million cards costs what a page of it costs."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:COUNT_LIMIT].count()


class ChoicesFilter(admin.RelatedFieldListFilter):
    """Offers the related rows that this user might choose in a form. Django's offers all that there are, and so would
    name a merchant's other stores to the manager of one.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = model_admin.related_choices(request, field.remote_field.model)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(row.pk, str(row)) for row in rows.order_by(*ordering)]


class BoundedChangeList(ChangeList):
    """Sorts by any column as long as the rows are counted; more rows keep the list's own order, that of an index.

    Nothing narrows it but its filters and its search.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """The filters, as Django returns them. Raises DisallowedModelAdminLookup, which is answered with 400, for
        every parameter that none of them offers: Django would compare it with any column, and so spell out a
        secret one letter by letter.
        """
        self.list_filter = [self._bounded(given) for given in self.list_filter]  # type: ignore[has-type]
        try:
            found = super().get_filters(request)
        except IncorrectLookupParameters as error:
            if isinstance(error.__cause__, FieldDoesNotExist):
                raise DisallowedModelAdminLookup(str(error)) from error
            raise
        left_over = found[2]
        if left_over:
            raise DisallowedModelAdminLookup(f"No filter offers {', '.join(sorted(left_over))}.")
        return found

    def _bounded(self, given: Any) -> Any:
        is_related = isinstance(given, str) and get_fields_from_path(self.model, given)[-1].is_relation
        return (given, ChoicesFilter) if is_related else given

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        rows = super().get_queryset(request, exclude_parameters)
        if ORDER_VAR in self.params and self._are_too_many(request, rows):
            del self.params[ORDER_VAR]
            rows = rows.order_by(*self.get_ordering(request, rows))
        return rows

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.result_count >= COUNT_LIMIT:
            self.sortable_by = ()

    def _are_too_many(self, request: HttpRequest, rows: QuerySet) -> bool:
        return self.model_admin.get_paginator(request, rows, self.list_per_page).count >= COUNT_LIMIT


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
