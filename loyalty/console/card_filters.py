"""What the cards can be asked: who has collected how much, who owes, who came last when, and who they are."""

from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.birthdays import in_month
from groundwork.console.filters import ConditionFilter, DayFilter, NumberFilter
from loyalty.console.visit_filters import CameBackFilter, FirstVisitFilter, SourceFilter, VisitedFilter


class StampsFilter(NumberFilter):
    title = _("stamps")
    parameter_name = "stamps"
    field = "stamp_count"


class PointsFilter(NumberFilter):
    title = _("points")
    parameter_name = "points"
    field = "points_balance"


class HoldsFilter(ConditionFilter):
    title = _("balance")
    parameter_name = "holds"
    conditions = MappingProxyType(
        {
            "yes": (_("Something is on it"), Q(stamp_count__gt=0) | Q(points_balance__gt=0)),
            "no": (_("Nothing is on it"), Q(stamp_count=0, points_balance=0)),
        }
    )


class OwesFilter(ConditionFilter):
    title = _("owed")
    parameter_name = "owes"
    conditions = MappingProxyType(
        {
            "yes": (
                _("Something is owed"),
                Q(points_owed__gt=0) | Q(stamps_owed__gt=0),
            ),  # as the index has it
            "no": (_("Nothing is owed"), Q(points_owed=0, stamps_owed=0)),
        }
    )


class LastActivityFilter(DayFilter):
    """A card on which nothing has happened was last seen when it was made."""

    title = _("last activity")
    parameter_name = "activity"
    field = "last_activity_at"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        seen = super().queryset(request, queryset)
        if list(self.values) != [f"{self.parameter_name}_to"]:
            return seen
        made = {name.replace(self.field, "created_at"): value for name, value in self.until_asked().items()}
        return queryset.filter(Q(**self.until_asked()) | Q(last_activity_at__isnull=True, **made))

    def until_asked(self) -> dict[str, Any]:
        return self.until(self.values[f"{self.parameter_name}_to"])


class EnrolledFilter(DayFilter):
    title = _("card since")
    parameter_name = "enrolled"
    field = "created_at"


class BirthdayMonthFilter(ConditionFilter):
    title = _("month of birthday")
    parameter_name = "birthday_month"
    conditions = MappingProxyType(
        {
            str(number): (capfirst(name), in_month(number, of="customer__birth_date"))
            for number, name in MONTHS.items()
        }
    )


class LanguageFilter(ConditionFilter):
    title = _("language")
    parameter_name = "language"
    conditions = MappingProxyType(
        {code: (name, Q(customer__preferred_language=code)) for code, name in settings.LANGUAGES}
        | {"none": (_("Language of the shop"), Q(customer__preferred_language=""))}
    )


class ConsentFilter(ConditionFilter):
    title = _("wants offers by e-mail")
    parameter_name = "consent"
    conditions = MappingProxyType(
        {
            "yes": (_("Yes"), Q(customer__marketing_consent=True)),
            "no": (_("No"), Q(customer__marketing_consent=False)),
        }
    )


CARD_FILTERS = (
    PointsFilter,
    StampsFilter,
    HoldsFilter,
    OwesFilter,
    LastActivityFilter,
    EnrolledFilter,
    SourceFilter,
    FirstVisitFilter,
    CameBackFilter,
    VisitedFilter,
    BirthdayMonthFilter,
    LanguageFilter,
    ConsentFilter,
    "is_active",
    "enrolled_at_store",
    "merchant",
)
