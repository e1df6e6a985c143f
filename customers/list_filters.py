"""What the list of customers can be asked besides its columns: birthdays, tags, and who is perhaps known twice."""

from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers import selectors
from customers.birthdays import in_month
from groundwork.console.filters import ConditionFilter, DayFilter


class CustomerSinceFilter(DayFilter):
    title = _("customer since")
    parameter_name = "since"
    field = "created_at"


class BirthdayMonthFilter(ConditionFilter):
    title = _("month of birthday")
    parameter_name = "birthday_month"
    conditions = MappingProxyType(
        {str(number): (capfirst(name), in_month(number)) for number, name in MONTHS.items()}
    )


class DuplicateFilter(admin.SimpleListFilter):
    """Customers who may be one person: the same name and birthday."""

    title = _("possible duplicates")
    parameter_name = "duplicates"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Perhaps known twice"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return selectors.perhaps_known_twice(queryset) if self.value() == "yes" else queryset


class TagFilter(admin.SimpleListFilter):
    """Customers with a tag: those that the shops in sight have given."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(tag, tag) for tag in selectors.tags_of(model_admin.get_queryset(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        tag = self.value()
        return selectors.with_tags(queryset).filter(tags__contains=[tag]) if tag else queryset
