"""The honest till: what clearly stands out from a store's own weeks, written down once, until somebody has seen it.

Nothing is called anything here: a figure stands beside what is usual, with the lines behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from groundwork import clock
from loyalty import norms
from loyalty.models import MerchantCalendar, Observation
from loyalty.norms import MEASURES, Kind, Norm
from loyalty.reporting.till_figures import Figure, Period, figures
from tenancy.actor import Actor
from tenancy.models import Merchant

DAYS = 4  # that are looked at again each night: what was recorded offline comes in late
ROLLING = timedelta(days=6)  # a week is told once, not each night anew
NARROWER = ("staff_pin", "till", "store")
MOST_OF_A_KIND = 3  # of one person, till or store, on a day


@dataclass(frozen=True)
class Outstanding:
    """A figure that clearly stands out, and what is usual."""

    kind: Kind
    figure: Figure
    usual: Norm | None


def look(merchant: Merchant, *, now: datetime) -> int:
    """Write down what stands out of the last days that are over; returns how many observations are new or larger."""
    today = now.astimezone(merchant.tzinfo).date()
    period = Period(today - timedelta(days=DAYS), today - timedelta(days=1))
    found = list(_narrowest(_outstanding(figures(merchant, period), period)))
    with transaction.atomic():
        MerchantCalendar.objects.get_or_create(merchant=merchant)
        MerchantCalendar.objects.select_for_update(no_key=True).get(merchant=merchant)
        return _keep(merchant, found)


@transaction.atomic
def seen(*, observation_id: int, actor: Actor, note: str, now: datetime) -> Observation:
    """Note that somebody has looked, and finds it fine: at this level it is not told again.

    A second one changes nothing: the first one's note stays.
    """
    row = Observation.objects.select_for_update(of=("self",)).get(pk=observation_id)
    if row.seen_at is None:
        row.seen_at, row.seen_by, row.note = now, actor.user, note
        row.save(update_fields=["seen_at", "seen_by", "note", "updated_at"])
    return row


def forget_notes(cards: Iterable[Any]) -> None:
    """Blank what people wrote beside observations of some cards: it may name whose they were."""
    rows = Observation.objects.filter(card__in=list(cards)).exclude(note="")
    rows.update(note="", updated_at=clock.now())


# --- What stands out --------------------------------------------------------------------------------------


def _outstanding(found: Iterable[tuple[Kind, Figure]], period: Period) -> Iterator[Outstanding]:
    before: dict[tuple[Kind, int, str], list[float]] = defaultdict(list)
    looked_at: list[tuple[Kind, Figure]] = []
    for kind, figure in found:
        if figure.day < period.first:
            before[kind, figure.store_id, figure.about].append(figure.value)
        else:
            looked_at.append((kind, figure))
    usual = {key: norms.norm(key[0], values) for key, values in before.items()}
    for kind, figure in looked_at:
        norm = usual.get((kind, figure.store_id, figure.about))
        if figure.since is not None and norms.stands_out(kind, figure.value, norm):
            yield Outstanding(kind, figure, norm)


def _narrowest(found: Iterable[Outstanding]) -> Iterator[Outstanding]:
    """What a person did is not told again of their till and store, as long as it is most of what happened there."""
    alike: dict[tuple[Any, ...], list[Outstanding]] = defaultdict(list)
    for each in found:
        alike[each.kind, each.figure.store_id, each.figure.day, each.figure.card_id].append(each)
    told: dict[tuple[Any, ...], int] = defaultdict(int)
    for together in alike.values():
        together.sort(key=lambda each: (NARROWER.index(each.figure.about), -each.figure.value))
        for number, each in enumerate(together):
            narrower = [one for one in together[:number] if one.figure.about != each.figure.about]
            subject = (each.kind, each.figure.about, each.figure.about_id, each.figure.day)
            is_told = any(_explains(one, each) for one in narrower)
            if not is_told and told[subject] < MOST_OF_A_KIND:
                told[subject] += 1
                yield each


def _explains(narrower: Outstanding, wider: Outstanding) -> bool:
    """A share is no part of another one; a number may be."""
    return MEASURES[wider.kind].is_share or narrower.figure.value * 2 >= wider.figure.value


# --- What is written down ---------------------------------------------------------------------------------


def _subject(row: Any) -> tuple[Any, ...]:
    return row.kind, row.store_id, row.staff_pin_id, row.till_id, row.card_id


def _keep(merchant: Merchant, found: list[Outstanding]) -> int:
    rows = [_row(merchant, each) for each in found]
    known = _known(merchant, rows)
    new = []
    larger = []
    for row in rows:
        same = [other for other in known[_subject(row)] if _is_of(row, other)]
        fine = [other.figure for other in known[_subject(row)] if other.seen_at is not None]
        kind = Kind(row.kind)
        if fine and not norms.has_grown(kind, row.figure, max(fine)):
            continue
        if not same:
            new.append(row)
        elif row.figure > max(other.figure for other in same):
            larger.append(_grown(same[0], row))
    Observation.objects.bulk_create(new)
    Observation.objects.bulk_update(
        larger, ["figure", "usual", "entries", "day", "since", "until", "seen_at", "seen_by", "note"]
    )
    return len(new) + len(larger)


def _known(merchant: Merchant, rows: list[Observation]) -> Mapping[tuple[Any, ...], list[Observation]]:
    """What is written down of the same kinds already: what was seen, whenever, and what was not of these days."""
    known: dict[tuple[Any, ...], list[Observation]] = defaultdict(list)
    if rows:
        first = min(row.day for row in rows) - ROLLING
        asked = Observation.objects.filter(merchant=merchant, kind__in={row.kind for row in rows})
        for row in asked.filter(Q(day__gte=first) | Q(seen_at__isnull=False)).order_by("-day", "-id"):
            known[_subject(row)].append(row)
    return known


def _is_of(row: Observation, other: Observation) -> bool:
    """Whether it is the same one: of that day, or for a share of a week of one that overlaps."""
    if row.kind == Kind.FEW_CARDS:
        return (abs(row.day - other.day) <= ROLLING and other.seen_at is None) or row.day == other.day
    return row.day == other.day


def _grown(known: Observation, row: Observation) -> Observation:
    """The same one, with the larger figure: nobody has seen that."""
    known.figure, known.usual, known.entries = row.figure, row.usual, row.entries
    known.day, known.since, known.until = row.day, row.since, row.until
    known.seen_at, known.note = None, ""
    known.seen_by_id = None
    return known


def _row(merchant: Merchant, each: Outstanding) -> Observation:
    figure = each.figure
    return Observation(
        merchant=merchant,
        kind=each.kind.value,
        store_id=figure.store_id,
        staff_pin_id=figure.about_id if figure.about == "staff_pin" else None,
        till_id=figure.about_id if figure.about == "till" else None,
        card_id=figure.card_id,
        day=figure.day,
        since=figure.since,
        until=figure.until,
        figure=figure.value,
        usual=None if each.usual is None else each.usual.usual,
        entries=figure.entries,
    )
