"""What the cards can be asked: who has collected how much, who owes, who came last when, and who they are."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from groundwork.console.filters import DayFilter, NumberFilter


class StampsFilter(NumberFilter):
    title = _("stamps")
    parameter_name = "stamps"
    field = "stamp_count"


class PointsFilter(NumberFilter):
    title = _("points")
    parameter_name = "points"
    field = "points_balance"


class OwesFilter(admin.SimpleListFilter):
    title = _("owed")
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Something is owed")), ("no", _("Nothing is owed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        owes = Q(points_owed__gt=0) | Q(stamps_owed__gt=0)  # as the index has it
        conditions: dict[str | None, Q] = {"yes": owes, "no": Q(points_owed=0, stamps_owed=0)}
        return queryset.filter(conditions[self.value()]) if self.value() in conditions else queryset


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


class BirthdayMonthFilter(admin.SimpleListFilter):
    title = _("month of birthday")
    parameter_name = "birthday_month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(number), capfirst(name)) for number, name in MONTHS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {str(number) for number in MONTHS}
        return (
            queryset.filter(customer__birth_date__month=self.value()) if self.value() in known else queryset
        )


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*settings.LANGUAGES, ("none", _("Language of the shop"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        if chosen not in {*dict(settings.LANGUAGES), "none"}:
            return queryset
        return queryset.filter(customer__preferred_language="" if chosen == "none" else chosen)


class ConsentFilter(admin.SimpleListFilter):
    title = _("wants offers by e-mail")
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(customer__marketing_consent=self.value() == "yes")


CARD_FILTERS = (
    PointsFilter,
    StampsFilter,
    OwesFilter,
    LastActivityFilter,
    EnrolledFilter,
    BirthdayMonthFilter,
    LanguageFilter,
    ConsentFilter,
    "is_active",
    "enrolled_at_store",
    "merchant",
)
