"""The charts of a rehearsal: how much more, or less, would have been given, by day and by hour."""

from datetime import date, timedelta

from django.utils.translation import gettext

from groundwork.console.charts import Chart, Series, chart, hours_chart
from loyalty.reporting.rehearsal.figures import Outcome, Slots
from loyalty.rules import POINT


def charts(found: Outcome, until: date) -> list[Chart]:
    """How much more, or less, would have been given by day and by hour; what is as it was is not drawn."""
    days = [until - timedelta(days=found.days - 1 - number) for number in range(found.days)]
    drawn = []
    for by_day, by_hour, whole, hours in (
        (
            _points(found.by_day),
            _points(found.by_hour),
            gettext("Difference in points by day"),
            gettext("Difference in points by hour"),
        ),
        (
            _stamps(found.by_day),
            _stamps(found.by_hour),
            gettext("Difference in stamps by day"),
            gettext("Difference in stamps by hour"),
        ),
    ):
        if any(by_day):
            drawn += [chart(whole, days, _series(by_day)), hours_chart(hours, _series(by_hour))]
    return drawn


def _points(slots: Slots) -> list[int]:
    both = zip(slots.drafted_units, slots.units, strict=True)
    return [(would - was) // POINT if would > was else -((was - would) // POINT) for would, was in both]


def _stamps(slots: Slots) -> list[int]:
    return [would - was for would, was in zip(slots.drafted_stamps, slots.stamps, strict=True)]


def _series(more: list[int]) -> list[Series]:
    return [
        Series(gettext("more than it was"), "bar-two", [max(each, 0) for each in more]),
        Series(gettext("less than it was"), "bar-one", [max(-each, 0) for each in more]),
    ]
