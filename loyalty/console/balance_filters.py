"""Filters by what cards and customers have: exact, and found by what is kept of them beside (`reporting.standings`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from groundwork.console.filters import BoundsFilter, ConditionFilter, DayFilter, NumberFilter
from loyalty.reporting import standings


class Kept(BoundsFilter):
    """From and to of a figure that is kept beside."""

    kept: str

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return self.narrowed(request, super().queryset(request, queryset))

    def narrowed(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        """The rows, found by what is kept beside them."""
        asked = self.asked_of(self.kept)
        return standings.narrowed(rows, self.page.merchant_asked_for(request), Q(**asked)) if asked else rows


class KeptCondition(ConditionFilter):
    """One of a few conditions, with what each means of the figures that are kept beside."""

    kept: ClassVar[Mapping[str, Q]]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.page = model_admin

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        rows = super().queryset(request, queryset)
        asked = self.kept.get(self.value() or "")
        return (
            rows if asked is None else standings.narrowed(rows, self.page.merchant_asked_for(request), asked)
        )


class StampsFilter(Kept, NumberFilter):
    title = _("stamps")
    parameter_name = "stamps"
    kept = field = "stamps"


class PointsFilter(Kept, NumberFilter):
    title = _("points")
    parameter_name = "points"
    kept = field = "points"


class HoldsFilter(KeptCondition):
    title = _("balance")
    parameter_name = "holds"
    kept = MappingProxyType({"yes": Q(stamps__gt=0) | Q(points__gt=0), "no": Q(stamps=0, points=0)})
    conditions = MappingProxyType(
        {"yes": (_("Something is on it"), kept["yes"]), "no": (_("Nothing is on it"), kept["no"])}
    )


class OwesFilter(KeptCondition):
    title = _("owed")
    parameter_name = "owes"
    kept = MappingProxyType({"yes": Q(owed__gt=0), "no": Q(owed=0)})
    conditions = MappingProxyType(
        {"yes": (_("Something is owed"), kept["yes"]), "no": (_("Nothing is owed"), kept["no"])}
    )


class LastActivityFilter(Kept, DayFilter):
    title = _("last activity")
    parameter_name = "activity"
    kept = field = "last_activity_at"


# What customers have together on their living cards, by the names that `customer.with_balances` gives it.
CUSTOMER_FILTERS = (PointsFilter, StampsFilter, HoldsFilter, OwesFilter, LastActivityFilter)
