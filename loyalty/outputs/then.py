"""Cards as they were at moments of their past, in the shape in which a till is shown them.

Balances, counters and times are those of the ledger up to a line, and so is what a stamp would have been answered.
What no line keeps (the person, the rewards on offer, the passes) is as it is when somebody asks; what the program
promised is as its terms were.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import override

from loyalty import receipts, rules, selectors, showing
from loyalty.ledger import LAST_TIMES
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, ProgramTerms, TransactionType
from loyalty.models.card import COUNTERS
from loyalty.models.terms import PROMISED
from loyalty.outputs.card import Card, at_moment
from loyalty.rules import StampUsage
from tenancy.models import Store

CLOSES = (TransactionType.CARD_DEACTIVATED, TransactionType.MERGE_OUT)
OF_CARD = ("program", "merchant", "customer", "enrolled_at_store", "scope_store")
TIMES = {
    **{
        field: Q(transaction_type__in=[kind for kind in LAST_TIMES if LAST_TIMES[kind] == field])
        for field in sorted(set(LAST_TIMES.values()))
    },
    "last_activity_at": ~Q(transaction_type__in=rules.NOT_ACTIVITY),
}


@dataclass(frozen=True)
class Moment:
    """When a card is looked at (UTC): after `last`, the newest line that it had by then, and at which store."""

    last: LoyaltyTransaction
    at: datetime
    store: Store | None

    @classmethod
    def after(cls, line: LoyaltyTransaction) -> "Moment":
        """The moment of a line itself, where it was written."""
        return cls(line, line.created_at, line.store)


def cards_to_tell(card_ids: Iterable[int]) -> Mapping[int, LoyaltyCard]:
    """Cards by id, deleted ones too, with all that is told of them; `newest_line` is the last one of each."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("pk")).order_by("-pk")
    rows = LoyaltyCard.all_objects.filter(pk__in=set(card_ids)).select_related(*OF_CARD)
    rows = selectors.annotated(rows).annotate(newest_line=Subquery(lines.values("pk")[:1]))
    return {row.pk: row for row in rows}


def cards_told(moments: Sequence[Moment]) -> list[Card]:
    """The cards of one merchant at some moments, in their order, and in the merchant's language."""
    if not moments:
        return []
    now = cards_to_tell(each.last.card_id for each in moments)
    then = _as_they_were(moments, now)
    usages = _usages(moments, then)
    with override(then[0].merchant.default_language):
        return [_told(card, each, usage) for card, each, usage in zip(then, moments, usages, strict=True)]


def _told(card: LoyaltyCard, each: Moment, usage: StampUsage) -> Card:
    store = _home(each, card)
    debt = receipts.owed_lines([card], upto=each.last.pk).get(card.pk, [])
    if store is None:
        return at_moment(card, None, usage, debt=debt, now=each.at)
    runs = showing.running_at(card.program, store, now=each.at, left={})
    mine = showing.for_cards(runs, [card], now=each.at, upto=each.last.pk)[card.pk]
    return at_moment(card, store, usage, debt=debt, promotions=mine, now=each.at)


def _home(each: Moment, card: LoyaltyCard) -> Store | None:
    """Where the card is looked at; else where it is valid, or was made."""
    store = each.store or card.scope_store or card.enrolled_at_store
    if store is not None:
        store.merchant = card.merchant  # it is the card's, and need not be read for each line
    return store


# --- What the ledger says ---------------------------------------------------------------------------------


def _as_they_were(moments: Sequence[Moment], now: Mapping[int, LoyaltyCard]) -> list[LoyaltyCard]:
    """A card for each moment: the present one less what its lines have done since."""
    past = [each.last for each in moments if now[each.last.card_id].newest_line != each.last.pk]  # type: ignore[attr-defined]
    since, times = _lines_since(past), _times(past)
    promised = _programs(moments, now)
    found = []
    for each in moments:
        card = copy.copy(now[each.last.card_id])
        if each.last.pk in times:
            newer = [row for row in since[card.pk] if each.last.pk < row[0] <= card.newest_line]  # type: ignore[attr-defined]
            card.__dict__.update(_figures(card, newer), **_balances(each.last), **times[each.last.pk])
        if (program := promised.get((card.program_id, each.at))) is not None:
            card.program = program
        found.append(card)
    return found


Moved = tuple[int, str, int, int, str | None]


def _lines_since(past: Sequence[LoyaltyTransaction]) -> Mapping[int, list[Moved]]:
    """By card, what its lines have moved since the first of some lines, in order: id, kind, deltas, what it undoes."""
    found: dict[int, list[Moved]] = defaultdict(list)
    if past:
        lines = LoyaltyTransaction.objects.filter(
            card__in={line.card_id for line in past}, pk__gt=min(line.pk for line in past)
        )
        moves = ("pk", "transaction_type", "stamps_delta", "points_delta", "voids__transaction_type")
        for card_id, *moved in lines.order_by("pk").values_list("card_id", *moves):
            found[card_id].append(tuple(moved))
    return found


def _figures(card: LoyaltyCard, newer: Iterable[Moved]) -> dict[str, object]:
    """A card's counters before its newer lines, and whether it was active."""
    figures = {counter: getattr(card, counter) for counter in COUNTERS}
    switches: list[bool] = []
    for _pk, kind, stamps, points, undoes in newer:
        changes = rules.counter_changes(kind, stamps_delta=stamps, points_delta=points, undoes=undoes)
        for counter, change in changes.items():
            figures[counter] -= change
        if kind in CLOSES or kind == TransactionType.CARD_REACTIVATED:
            switches.append(kind in CLOSES)
    return {**figures, "is_active": switches[0] if switches else card.is_active}


def _balances(last: LoyaltyTransaction) -> dict[str, int]:
    return {
        "stamp_count": last.stamps_balance_after,
        "stamps_owed": last.stamps_owed_after,
        "points_balance": last.points_balance_after,
        "points_owed": last.points_owed_after,
        "points_fraction": last.points_fraction_after,
    }


def _times(past: Sequence[LoyaltyTransaction]) -> Mapping[int, Mapping[str, object]]:
    """By line, when something had last happened to its card; one statement for all."""
    if not past:
        return {}
    upto = LoyaltyTransaction.objects.filter(card=OuterRef("card"), pk__lte=OuterRef("pk")).order_by()
    of_field = {field: upto.filter(which) for field, which in TIMES.items()}
    of_field["last_stamp_at"] = _living(of_field["last_stamp_at"])
    newest = {
        field: Subquery(rows.values("card").annotate(at=Max("transaction_at")).values("at"))
        for field, rows in of_field.items()
    }
    lines = LoyaltyTransaction.objects.filter(pk__in=[line.pk for line in past])
    rows = lines.order_by().annotate(**{f"then_{field}": when for field, when in newest.items()})
    return {
        pk: dict(zip(newest, when, strict=True))
        for pk, *when in rows.values_list("pk", *(f"then_{field}" for field in newest))
    }


def _living(stamps: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Those that were neither undone nor brought back by then: the time of a stamp goes back with it."""
    by_then = LoyaltyTransaction.objects.filter(pk__lte=OuterRef(OuterRef("pk")))
    undone = by_then.filter(voids=OuterRef("pk"))
    closed = by_then.filter(purchase=OuterRef("purchase"), purchase__is_open=False)
    closed = closed.filter(purchase_return__isnull=False)
    return stamps.filter(~Exists(undone), ~Exists(closed), restores__isnull=True)


def _programs(
    moments: Sequence[Moment], now: Mapping[int, LoyaltyCard]
) -> Mapping[tuple[int, datetime], LoyaltyProgram]:
    """Programs as their terms were, by program and moment, where there have been others since."""
    found: dict[tuple[int, datetime], LoyaltyProgram] = {}
    for each in moments:
        program = now[each.last.card_id].program
        if program.terms_since is None or each.at >= program.terms_since:
            continue
        rows = ProgramTerms.objects.filter(program=program)
        terms = rows.filter(valid_from__lte=each.at).last() or rows.first()
        then = found[program.pk, each.at] = copy.copy(program)
        then.__dict__.update({name: getattr(terms, name) for name in PROMISED} if terms else {})
    return found


# --- What a stamp would have been answered ----------------------------------------------------------------


@dataclass(frozen=True)
class _Stamp:
    """A stamp of a card (or of one that was merged into it by the line `moved`), until the line that undid it."""

    line_id: int
    card_id: int
    at: datetime
    count: int
    undone: int | None
    closed: int | None
    moved: int | None

    def counts(self, card_id: int, upto: int) -> bool:
        """Whether it was there, and a card's, once the line `upto` was written."""
        is_gone = any(line is not None and line <= upto for line in (self.undone, self.closed))
        is_its = self.card_id == card_id or (self.moved is not None and self.moved <= upto)
        return self.line_id <= upto and is_its and not is_gone


def _usages(moments: Sequence[Moment], then: Sequence[LoyaltyCard]) -> list[StampUsage]:
    """How stamps lay around each moment, as `selectors.stamp_usage` says it of the present; one statement for all."""
    windows = [_window(each, card) for each, card in zip(moments, then, strict=True)]
    stamps = _stamps({card.pk for card in then if card.program.has_stamps}, windows)
    return [
        _usage([one for one in stamps[card.pk] if one.counts(card.pk, each.last.pk)], each.at, window)
        for each, card, window in zip(moments, then, windows, strict=True)
    ]


@dataclass(frozen=True)
class _Window:
    """The local day of a moment, and all that a cooldown reaches from there."""

    start: datetime
    end: datetime
    cooldown: timedelta
    at: datetime

    @property
    def earliest(self) -> datetime:
        return min(self.start, self.at - self.cooldown)

    @property
    def latest(self) -> datetime:
        return max(self.end, self.at + self.cooldown)


def _window(each: Moment, card: LoyaltyCard) -> _Window:
    store = _home(each, card)
    zone: ZoneInfo = (store or card.merchant).tzinfo
    start, end = rules.local_day(each.at, zone)
    return _Window(start, end, timedelta(minutes=card.program.cooldown_minutes), each.at)


def _stamps(card_ids: set[int], windows: Sequence[_Window]) -> Mapping[int, list[_Stamp]]:
    """All stamps of cards in some windows, undone ones too, by the card that holds them."""
    found: dict[int, list[_Stamp]] = defaultdict(list)
    if not card_ids:
        return found
    earliest, latest = min(each.earliest for each in windows), max(each.latest for each in windows)
    rows = selectors.all_stamps(list(card_ids)).filter(
        transaction_at__gte=earliest, transaction_at__lt=latest
    )
    rows = rows.order_by().annotate(undone=F("voided_by"), closed=_closed(), moved=_moved())
    names = ("pk", "card_id", "transaction_at", "stamps_delta", "undone", "closed", "moved")
    for holder, card_id, values in ((row[0], row[2], row[1:]) for row in rows.values_list("holder", *names)):
        stamp = _Stamp(*values)
        for each in {holder, card_id}:
            found[each].append(stamp)
    return found


def _closed() -> Subquery:
    """The line with which all of a stamp's purchase had been brought back."""
    lines = LoyaltyTransaction.objects.filter(purchase=OuterRef("purchase"), purchase__is_open=False)
    return _newest(lines.filter(purchase_return__isnull=False))


def _moved() -> Subquery:
    """The line with which a stamp's card was merged into another one."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("card"), card__merged_into__isnull=False)
    return _newest(lines.filter(transaction_type=TransactionType.MERGE_OUT))


def _newest(lines: QuerySet[LoyaltyTransaction]) -> Subquery:
    return Subquery(lines.order_by("-pk").values("pk")[:1])


def _usage(stamps: Sequence[_Stamp], at: datetime, window: _Window) -> StampUsage:
    near = [one for one in stamps if window.earliest <= one.at < window.latest]
    return StampUsage(
        today=sum(one.count for one in near if window.start <= one.at < window.end),
        before=max((one.at for one in near if one.at <= at), default=None),
        after=min((one.at for one in near if one.at > at), default=None),
    )
