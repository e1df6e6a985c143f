"""What the cards can be asked about visits: when the first was, who came back, where; and where a card comes from."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groundwork.console.filters import MOST, DayFilter, RowFilter
from loyalty.models import LoyaltyCard
from loyalty.sources import Source, source
from loyalty.visiting import WITHIN, FirstVisit
from tenancy.models import Store

LATE = timedelta(days=2)  # by which a card may be younger than what was done with it without a connection


class SourceFilter(admin.SimpleListFilter):
    title = _("where it comes from")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Source.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in Source.values:
            return queryset
        return queryset.alias(source=source()).filter(source=self.value())


def visited(request: HttpRequest, cards: QuerySet, **asked: Any) -> QuerySet:
    """The cards whose first visit, at the store that is asked for or at any, was as asked."""
    store = request.GET.get(VisitedFilter.parameter_name, "")
    store_id = int(store) if store.isdecimal() and int(store) <= MOST else None
    zone = timezone.get_current_timezone_name()
    remaining = cards.filter(merged_into__isnull=True)
    return remaining.filter(FirstVisit.of(zone=zone, store_id=store_id, **asked))


class FirstVisitFilter(DayFilter):
    """Days by the clock of whoever asks."""

    title = _("first visit")
    parameter_name = field = "first_visit"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, last = (self.values.get(name) for name in self.expected_parameters())
        if first is None and last is None:
            return queryset
        if last is not None:  # the newest cards are not looked at one by one
            joined = LoyaltyCard.objects.filter(merged_into__isnull=False).order_by().values("merged_into")
            queryset = queryset.filter(Q(created_at__lt=last + LATE) | Q(pk__in=joined))
        return visited(request, queryset, first=first and first.date(), last=last and last.date())


class CameBackFilter(admin.SimpleListFilter):
    title = _("came back")
    parameter_name = "came_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        text = ngettext("Within %(count)d day", "Within %(count)d days", WITHIN[0])
        return [(str(days), text % {"count": days}) for days in WITHIN]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        within = {str(days): days for days in WITHIN}.get(self.value() or "")
        return visited(request, queryset, within=within) if within else queryset


class VisitedFilter(RowFilter):
    """With the two above it: the visits at one store are the only ones that are looked at."""

    title = _("visits at")
    parameter_name = "visited"
    field = "enrolled_at_store"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return visited(request, queryset) if self.parameter_name in self.values else queryset

    def rows(self) -> QuerySet:
        rows: QuerySet = self.page.related_choices(self.asker, Store)
        return rows
