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
from groundwork.console.filters import ConditionFilter, DayFilter
from loyalty.console.balance_filters import (
    HoldsFilter,
    LastActivityFilter,
    OwesFilter,
    PointsFilter,
    StampsFilter,
)
from loyalty.console.visit_filters import CameBackFilter, FirstVisitFilter, SourceFilter, VisitedFilter


class CardStampsFilter(StampsFilter):
    field = "stamp_count"


class CardPointsFilter(PointsFilter):
    field = "points_balance"


class CardHoldsFilter(HoldsFilter):
    conditions = MappingProxyType(
        {
            "yes": (_("Something is on it"), Q(stamp_count__gt=0) | Q(points_balance__gt=0)),
            "no": (_("Nothing is on it"), Q(stamp_count=0, points_balance=0)),
        }
    )


class CardOwesFilter(OwesFilter):
    conditions = MappingProxyType(
        {
            "yes": (
                _("Something is owed"),
                Q(points_owed__gt=0) | Q(stamps_owed__gt=0),
            ),  # as the index has it
            "no": (_("Nothing is owed"), Q(points_owed=0, stamps_owed=0)),
        }
    )


class CardLastActivityFilter(LastActivityFilter):
    """A card on which nothing has happened was last seen when it was made."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if list(self.values) != [f"{self.parameter_name}_to"]:
            return super().queryset(request, queryset)
        rows = queryset.filter(
            Q(**self.asked_of(self.field)) | Q(last_activity_at__isnull=True, **self.asked_of("created_at"))
        )
        return self.narrowed(request, rows)


class EnrolledFilter(DayFilter):
    title = _("card since")
    parameter_name = "enrolled"
    field = "created_at"


class OfCustomerFilter(ConditionFilter):
    """A condition for a card's customer, who is of the same merchant: with that their indexes begin."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.page = model_admin

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in self.conditions:
            return queryset
        return super().queryset(request, queryset.filter(**self.page.of_one_merchant(request, "customer")))


class BirthdayMonthFilter(OfCustomerFilter):
    title = _("month of birthday")
    parameter_name = "birthday_month"
    conditions = MappingProxyType(
        {
            str(number): (capfirst(name), in_month(number, of="customer__birth_date"))
            for number, name in MONTHS.items()
        }
    )


class LanguageFilter(OfCustomerFilter):
    title = _("language")
    parameter_name = "language"
    conditions = MappingProxyType(
        {code: (name, Q(customer__preferred_language=code)) for code, name in settings.LANGUAGES}
        | {"none": (_("Language of the shop"), Q(customer__preferred_language=""))}
    )


class ConsentFilter(OfCustomerFilter):
    title = _("wants offers by e-mail")
    parameter_name = "consent"
    conditions = MappingProxyType(
        {
            "yes": (_("Yes"), Q(customer__marketing_consent=True)),
            "no": (_("No"), Q(customer__marketing_consent=False)),
        }
    )


CARD_FILTERS = (
    CardPointsFilter,
    CardStampsFilter,
    CardHoldsFilter,
    CardOwesFilter,
    CardLastActivityFilter,
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
