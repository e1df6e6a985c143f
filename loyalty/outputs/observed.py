"""An observation in the words of a shopkeeper, and where the lines behind it are listed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from loyalty.models import Observation
from loyalty.models import ObservationKind as Kind
from loyalty.norms import MEASURES
from loyalty.norms import Kind as Measured

MOMENT = "%Y-%m-%dT%H:%M"
# Which lines, where all of them would be too many.
FILTERS: Mapping[str, Mapping[str, str]] = {
    Kind.STAMPS_AN_HOUR: {"transaction_type__exact": "stamp_earned"},
    Kind.UNDONE_AFTERWARDS: {"state": "undoes"},
    Kind.OFFLINE: {"recorded_offline__exact": "1"},
}
OF_ONE_CARD = (Kind.STAMPS_AN_HOUR, Kind.POINTS_AN_HOUR, Kind.MANY_TILLS)


def who(row: Observation) -> str:
    """Whom it is about, as a sentence begins."""
    if row.staff_pin is not None:
        return _("%(name)s's PIN") % {"name": row.staff_pin.name}
    if row.till is not None:
        return _("The till “%(name)s”") % {"name": row.till.name}
    return _("The store “%(name)s”") % {"name": row.store.name}


def sentence(row: Observation) -> str:
    """What happened, with what is usual here."""
    return f"{_happened(row)} {_usual(row)}".strip()


def link(row: Observation) -> dict[str, Any]:
    """What the list of transactions is asked for the lines behind it."""
    asked: dict[str, Any] = {
        "when_from": timezone.localtime(row.since).strftime(MOMENT),
        "when_to": timezone.localtime(row.until).strftime(MOMENT),
        **FILTERS.get(row.kind, {}),
    }
    if row.kind in OF_ONE_CARD:
        asked["card"] = row.card_id
    if row.kind == Kind.MANY_TILLS:
        return asked  # also at other stores
    if row.staff_pin_id is not None:
        return asked | {"staff_pin": row.staff_pin_id}
    return asked | ({"till": row.till_id} if row.till_id is not None else {"store__id__exact": row.store_id})


def _happened(row: Observation) -> str:
    clock = row.since.astimezone(row.store.tzinfo)
    return _SENTENCES[row.kind]() % {
        "who": who(row),
        "figure": number_format(row.figure, force_grouping=True),
        "entries": number_format(row.entries, force_grouping=True),
        "day": _day(row),
        "from": clock.hour,
        "to": clock.hour + 1,
        "store": row.store.name,
    }


def _day(row: Observation) -> str:
    return f"{date_format(row.day, 'l')}, {date_format(row.day, 'SHORT_DATE_FORMAT')}"


# Written out, so that each language may order it as it likes.
_SENTENCES: Mapping[str, Callable[[], str]] = {
    Kind.STAMPS_AN_HOUR: lambda: _(
        "%(who)s gave one card %(figure)s stamps on %(day)s between %(from)s and %(to)s."
    ),
    Kind.POINTS_AN_HOUR: lambda: _(
        "%(who)s gave one card %(figure)s points on %(day)s between %(from)s and %(to)s."
    ),
    Kind.FEW_CARDS: lambda: _(
        "%(who)s gave %(figure)s %% of %(entries)s entries to three cards in the week up to %(day)s."
    ),
    Kind.UNDONE_AFTERWARDS: lambda: _(
        "%(who)s undid %(figure)s entries on %(day)s after a reward had been handed out for them."
    ),
    Kind.OUTSIDE_HOURS: lambda: _(
        "%(who)s made %(figure)s entries on %(day)s at hours when “%(store)s” is not usually open."
    ),
    Kind.MANY_TILLS: lambda: _(
        "One card was used at %(figure)s tills on %(day)s, most of the time at “%(store)s”."
    ),
    Kind.REDEEMED_AT_ONCE: lambda: _(
        "%(who)s handed out %(figure)s rewards on %(day)s for cards that customers had made themselves less than an "
        "hour before."
    ),
    Kind.OFFLINE: lambda: _(
        "%(who)s recorded %(figure)s %% of %(entries)s entries on %(day)s without a connection."
    ),
}


def _usual(row: Observation) -> str:
    if row.usual is None:
        return _("What is usual here is not known yet.")
    if row.usual == 0:
        return _("Usually that does not happen here.")
    text = _("Usual here are at most %(usual)s.")
    if MEASURES[Measured(row.kind)].is_share:
        text = _("Usual here are at most %(usual)s %%.")
    return text % {"usual": number_format(row.usual, force_grouping=True)}
