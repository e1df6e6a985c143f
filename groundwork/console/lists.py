"""Lists of the console: counted and sorted only as far as people read and wait, deleted rows on request."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from groundwork.console import paging
from groundwork.database import counting
from groundwork.models import LIVING

COUNT_LIMIT = 10_001  # rows: 10,000 are counted, of one more it is said that there are more
SECONDS = 0.05  # of counting
ROUNDED_TO = 100
LONGEST_KEY = 18  # digits


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further, and no longer than anybody waits: a list of a million cards costs what a page of
    it costs, and what is dear to count is counted less far.
    """

    order: Sequence[str] = counting.NEWEST_FIRST  # in which they are counted

    @property
    def is_bounded(self) -> bool:
        """Whether there are more rows than are counted."""
        return not self._counted.is_all

    @property
    def counted_to(self) -> int:
        """More than so many rows there are, if it is bounded."""
        most = self.count - 1
        return most - most % ROUNDED_TO if most > ROUNDED_TO else most

    @cached_property
    def count(self) -> int:
        return self._counted.rows

    def page(self, number: Any) -> Page:
        page = super().page(number)
        if page.number == 1:
            page.object_list = self.beginning(self.per_page)[: self.per_page]
        return page

    def beginning(self, size: int) -> QuerySet:
        """The list, narrowed to its first rows (`size` of them, or more) where they were come upon in counting: what is
        dear to search for is not searched for twice.
        """
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        found = self._counted.first
        is_known = size <= len(found) or (self._counted.is_all and len(found) == self.count)
        in_this_order = _upto_key(rows, rows.query.order_by) == _upto_key(rows, self.order)
        return rows.filter(pk__in=found[:size]) if is_known and in_this_order else rows

    @cached_property
    def _counted(self) -> counting.Counted:
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        return counting.as_far_as(rows, most=COUNT_LIMIT, seconds=SECONDS, order=self.order)


def _upto_key(rows: QuerySet, order: Sequence[Any]) -> list[Any]:
    """What sorts rows: after the key, by whichever name, nothing sorts any more."""
    key, names = rows.model._meta.pk.name, []
    for name in order:
        names.append({key: "pk", f"-{key}": "-pk"}.get(name, name) if isinstance(name, str) else name)
        if names[-1] in ("pk", "-pk"):
            break
    return names


class ChoicesFilter(admin.RelatedFieldListFilter):
    """Offers the related rows that this user might choose in a form. Django's offers all that there are, and so would
    name a merchant's other stores to the manager of one.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = model_admin.related_choices(request, field.remote_field.model)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(row.pk, str(row)) for row in rows.order_by(*ordering)]


class BoundedChangeList(ChangeList):
    """A list that is counted, and paged by number, as far as anybody reads; beyond it is paged from row to row.

    A short one is sorted by any column, a long one by those that its page names (`sorted_when_long`), some of them by
    what stands in a row beside each (`sorted_beside`): else it keeps its own order, and says so. Nothing narrows it but
    its filters and its search.
    """

    steps: dict[str, str] | None = None  # where the pages of a long list are: first, previous, next, last
    anchors: QuerySet | None = None  # the rows with what stands beside them, where that sorts them

    def __init__(self, request: HttpRequest, model: Any, *args: Any) -> None:
        super().__init__(request, model, *args)
        if not self.is_popup:  # the tab is called as the heading; Django's "Select … to view" is for a choice
            self.title = capfirst(str(self.opts.verbose_name_plural))

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
        self.position = {name: self.params.pop(name) for name in paging.POSITIONS if name in self.params}
        for name in self.position:
            self.filter_params.pop(name, None)
        rows = super().get_queryset(request, exclude_parameters)
        if ORDER_VAR in self.params and not self._is_indexed(request) and self._are_too_many(request, rows):
            sorted_rows = self._by_what_is_beside(request, rows)
            return self._in_its_own_order(request, rows) if sorted_rows is None else sorted_rows
        return rows

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        """As Django has it; of rows that are alike the order is that of an index, from either end."""
        ordering: list[Any] = super().get_ordering(request, queryset)
        is_rising = isinstance(ordering[0], str) and not ordering[0].startswith("-")
        return [*ordering[:-1], "pk"] if is_rising and ordering[-1] == "-pk" else ordering

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.paginator.is_bounded:
            if not self.multi_page:
                self.result_list = self.paginator.beginning(self.list_per_page)
            return
        self.sortable_by = tuple(self.model_admin.sorted_when_long(request))
        self.add_facets = self.is_facets_optional = False
        columns = paging.columns_of(self.queryset, reckoned=self._anchored().query.annotations)
        if columns is not None:
            self._step(columns)

    def _step(self, columns: list[paging.Column]) -> None:
        """Show the page at the position that is asked for."""
        backwards = paging.AFTER not in self.position and bool(self.position)
        anchor, size = (
            self._anchor(self.position.get(paging.AFTER) or self.position.get(paging.BEFORE)),
            self.list_per_page,
        )
        is_first = anchor is None and not backwards
        rows = self.paginator.beginning(size + 1) if is_first else self.queryset
        shown = paging.page(rows, columns, size=size, anchor=anchor, backwards=backwards)
        self.result_list = shown.rows
        self.steps = {}
        if shown.has_previous and shown.rows:
            self.steps["first"] = self.get_query_string()
            self.steps["previous"] = self.get_query_string({paging.BEFORE: shown.rows[0].pk})
        if shown.has_next and shown.rows:
            self.steps["next"] = self.get_query_string({paging.AFTER: shown.rows[-1].pk})
            self.steps["last"] = self.get_query_string({paging.END: "1"})

    def _anchor(self, key: str | None) -> Any:
        """The row that a page begins behind; none where there is no such row any more."""
        if key is None:
            return None
        if not key.isascii() or not key.isdecimal() or len(key) > LONGEST_KEY:
            raise DisallowedModelAdminLookup("No row has such a number.")
        return self._anchored().filter(pk=key).first()

    def _anchored(self) -> QuerySet:
        """All rows, with whatever may sort a long list."""
        return self.root_queryset if self.anchors is None else self.anchors

    def _asked_column(self) -> str:
        """The one column by which the list is to be sorted; empty for several."""
        numbers = [number for number in self.get_ordering_field_columns() if number < len(self.list_display)]
        return self.list_display[numbers[0]] if len(numbers) == 1 else ""

    def _is_indexed(self, request: HttpRequest) -> bool:
        page, column = self.model_admin, self._asked_column()
        return column in page.sorted_when_long(request) and column not in page.sorted_beside()

    def _by_what_is_beside(self, request: HttpRequest, rows: QuerySet) -> QuerySet | None:
        """The rows in the order of what stands beside them; None where nothing does, or not for all of them."""
        page, column = self.model_admin, self._asked_column()
        if column not in page.sorted_beside():
            return None
        found = page.with_what_is_beside(request, rows, column)
        if found is None:
            return None
        sign = "-" if self.get_ordering_field_columns()[self.list_display.index(column)] == "desc" else ""
        rows, names = found
        self.anchors = page.with_what_is_beside(request, self.root_queryset, column)[0]
        return rows.order_by(*[sign + name for name in names])

    def _in_its_own_order(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        del self.params[ORDER_VAR]
        text = _("This list is too long to be sorted like that. Narrow it down first.")
        messages.info(request, text, fail_silently=True)
        return rows.order_by(*self.get_ordering(request, rows))

    def _are_too_many(self, request: HttpRequest, rows: QuerySet) -> bool:
        return self.model_admin.get_paginator(request, rows, self.list_per_page).is_bounded


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
