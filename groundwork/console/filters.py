"""Filters of lists that are no column's: a choice of conditions, from and to, and one row among many.

    class Owes(ConditionFilter):
        title, parameter_name = _("owed"), "owes"                                # ?owes=yes
        conditions = {"yes": (_("Something is owed"), Q(owed__gt=0))}

    class When(MomentFilter):
        title, parameter_name, field = _("when"), "when", "transaction_at"       # ?when_from=&when_to=

    class ByPin(RowFilter):
        title, parameter_name, field = _("staff PIN"), "staff_pin", "staff_pin"  # ?staff_pin=17

A list with one of the latter two sends its filters as a form (`list_filter_submit`). What cannot be read is answered
with 400.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

MOST = 2**31 - 1  # what any column of numbers or ids takes
LONGEST = 40  # characters of a value
MOST_OPTIONS = 200  # beyond it a row is chosen on its own page, which leads here


class ConditionFilter(admin.SimpleListFilter):
    """One of a few conditions, each with its name."""

    conditions: ClassVar[Mapping[str, tuple[Any, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, name) for value, (name, _condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _name, condition = self.conditions.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


class AskedFilter(admin.ListFilter, ABC):
    """A filter with parameters of its own, each of which is read once or refused."""

    parameter_name: str
    field: str

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.asker, self.page = request, model_admin
        self.values: dict[str, Any] = {}
        for name in self.expected_parameters():
            if name in params:
                self._take(name, params.pop(name)[-1])

    def _take(self, name: str, text: str) -> None:
        self.used_parameters[name] = text
        if not text.strip():
            return  # a field of the form that was left empty
        try:
            if len(text) > LONGEST:
                raise ValueError(text)
            self.values[name] = self.read(text.strip())
        except (ValueError, OverflowError, InvalidOperation) as error:
            raise DisallowedModelAdminLookup(f"{name} cannot be read.") from error

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[Any]:
        return [self.parameter_name]

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value that somebody typed. Raises ValueError."""


class BoundsFilter(AskedFilter):
    """From and to, both of them included."""

    template = "admin/filter_bounds.html"
    input_type = "number"
    step = "1"

    def expected_parameters(self) -> list[Any]:
        return [f"{self.parameter_name}_from", f"{self.parameter_name}_to"]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**self.asked_of(self.field))

    def asked_of(self, field: str) -> dict[str, Any]:
        """What is asked, as the conditions for a column."""
        first, last = (self.values.get(name) for name in self.expected_parameters())
        since = {} if first is None else {f"{field}__gte": first}
        return since if last is None else since | self.until(field, last)

    def until(self, field: str, last: Any) -> dict[str, Any]:
        """The condition for the end."""
        return {f"{field}__lte": last}

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        labels = (_("from"), _("up to"))
        for name, label in zip(self.expected_parameters(), labels, strict=True):
            yield {
                "name": name,
                "label": label,
                "value": self.used_parameters.get(name, ""),
                "selected": name in self.values,
                "query_string": changelist.get_query_string(remove=[name]),
                "display": label,
            }


class NumberFilter(BoundsFilter):
    """Whole numbers from 0."""

    def read(self, text: str) -> int:
        number = int(text)
        if not 0 <= number <= MOST:
            raise ValueError(text)
        return number


class AmountFilter(BoundsFilter):
    """Amounts in whole units of a currency, kept in its minor unit; `digits` says how many digits that has."""

    step = "any"

    def digits(self) -> int:
        return 2

    def read(self, text: str) -> int:
        amount = Decimal(text.replace(",", ".")).scaleb(self.digits())
        if not 0 <= amount <= MOST or amount != amount.to_integral_value():
            raise ValueError(text)
        return int(amount)


class MomentFilter(BoundsFilter):
    """Moments by the clock of whoever asks, to the minute; a day alone is the whole of it."""

    input_type = "datetime-local"
    step = "60"

    def read(self, text: str) -> datetime:
        moment = parse_datetime(text)
        if moment is None:
            raise ValueError(text)
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment

    def _take(self, name: str, text: str) -> None:
        day = parse_day(text)
        if day is not None and name.endswith("_to"):
            text = f"{day.isoformat()}T23:59"
        super()._take(name, text)

    def until(self, field: str, last: datetime) -> dict[str, Any]:
        return _up_to(field, last, timedelta(minutes=1))


class DayFilter(BoundsFilter):
    """Days by the clock of whoever asks, of a column of moments."""

    input_type = "date"

    def read(self, text: str) -> datetime:
        day = parse_day(text)
        if day is None:
            raise ValueError(text)
        return timezone.make_aware(datetime.combine(day, time.min))

    def until(self, field: str, last: datetime) -> dict[str, Any]:
        return _up_to(field, last, timedelta(days=1))


def _up_to(field: str, last: datetime, length: timedelta) -> dict[str, Any]:
    """The condition for an end that is so long; after the calendar's last one there is nothing to be before."""
    try:
        return {f"{field}__lt": last + length}
    except OverflowError:
        return {f"{field}__lte": last}


def parse_day(text: str) -> date | None:
    """A day as a browser sends it, or None."""
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


class RowFilter(AskedFilter):
    """One of the rows that this user may see: out of a few that are offered, or the one that another page led to."""

    template = "admin/filter_rows.html"
    offers = True

    def read(self, text: str) -> int:
        number = int(text)
        if not 0 < number <= MOST:
            raise ValueError(text)
        return number

    def rows(self) -> QuerySet:
        """What may be chosen."""
        remote: type[Model] = self.page.model._meta.get_field(self.field).remote_field.model
        rows: QuerySet = self.page.related_choices(self.asker, remote)
        return rows

    def name_of(self, row: Any) -> str:
        """What a row is called here."""
        return str(row)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.values.get(self.parameter_name)
        return queryset if chosen is None else queryset.filter(self.of(chosen))

    def of(self, chosen: int) -> Q:
        """The condition for one row."""
        return Q(**{f"{self.field}_id": chosen})

    def has_output(self) -> bool:
        return self.offers or self.parameter_name in self.values

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        chosen = self.values.get(self.parameter_name)
        yield self._choice(changelist, None, _("All"), is_chosen=chosen is None)
        rows = self.rows()
        offered = list(rows[:MOST_OPTIONS]) if self.offers else []
        if chosen is not None and chosen not in {row.pk for row in offered}:
            offered += rows.filter(pk=chosen)
        for row in offered:
            yield self._choice(changelist, row.pk, self.name_of(row), is_chosen=row.pk == chosen)

    def _choice(self, changelist: Any, value: int | None, display: Any, *, is_chosen: bool) -> dict[str, Any]:
        asked = {self.parameter_name: value}
        return {
            "value": "" if value is None else value,
            "display": display,
            "selected": is_chosen,
            "query_string": changelist.get_query_string(asked),
        }
