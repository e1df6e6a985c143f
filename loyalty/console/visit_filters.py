"""What the cards can be asked about visits: when the first was, who came back, where; and where a card comes from."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groundwork.console.filters import MOST, DayFilter, RowFilter
from loyalty.models import CardVisits
from loyalty.sources import Source, comes_from
from loyalty.visiting import WITHIN
from tenancy.models import Store

FIRST_VISIT = ("first_visit_from", "first_visit_to")
DAYS = {str(days): days for days in WITHIN}


class SourceFilter(admin.SimpleListFilter):
    title = _("where it comes from")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Source.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        asked = self.value()
        return queryset.filter(comes_from(Source(asked))) if asked in Source.values else queryset


def visited(request: HttpRequest, cards: QuerySet, **asked: Any) -> QuerySet:
    """The cards whose visits were counted to be as asked: by all three filters at once, since they ask one row."""
    store = request.GET.get(VisitedFilter.parameter_name, "")
    store_id = int(store) if store.isdecimal() and int(store) <= MOST else None
    within = DAYS.get(request.GET.get(CameBackFilter.parameter_name, ""))
    if within is not None:
        asked["next_day__lte"] = F("first_day") + timedelta(days=within)
    found = CardVisits.objects.filter(card=OuterRef("pk"), store=store_id, **asked)
    return cards.filter(Exists(found.order_by()))


def is_asked(request: HttpRequest, *names: str) -> bool:
    """Whether a filter that comes first asks already."""
    return any(request.GET.get(name, "").strip() for name in names)


class FirstVisitFilter(DayFilter):
    """Days of the shop, as the figures of the overview have them."""

    title = _("first visit")
    parameter_name = "first_visit"
    field = "first_day"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        bounds = zip(("gte", "lte"), self.expected_parameters(), strict=True)
        asked = {f"first_day__{way}": self.values[name].date() for way, name in bounds if name in self.values}
        return visited(request, queryset, **asked) if asked else queryset


class CameBackFilter(admin.SimpleListFilter):
    title = _("came back")
    parameter_name = "came_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        text = ngettext("Within %(count)d day", "Within %(count)d days", WITHIN[0])
        return [(value, text % {"count": days}) for value, days in DAYS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in DAYS or is_asked(request, *FIRST_VISIT):
            return queryset
        return visited(request, queryset)


class VisitedFilter(RowFilter):
    """With the two above it: the visits at one store are the only ones that are looked at."""

    title = _("visits at")
    parameter_name = "visited"
    field = "enrolled_at_store"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        others = (*FIRST_VISIT, CameBackFilter.parameter_name)
        if self.parameter_name not in self.values or is_asked(request, *others):
            return queryset
        return visited(request, queryset)

    def rows(self) -> QuerySet:
        rows: QuerySet = self.page.related_choices(self.asker, Store)
        return rows
