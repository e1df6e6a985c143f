"""Cards as they were at moments of their past, in the shape in which a till is shown them.

Balances, counters and times are those of the ledger up to a line, and so are what a stamp would have been answered and
what promotions would have given. What no line keeps (the person, the program, rewards, promotions, passes) is as it was
then, too: the database keeps what such rows said (`tenancy.former`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import override

from loyalty import offers, promoted, receipts, rules, selectors, showing
from loyalty.closings import STILL_OPEN, cents_brought_back
from loyalty.ledger import LAST_TIMES
from loyalty.models import LoyaltyCard, LoyaltyTransaction, PointsReward, TransactionType
from loyalty.models.card import COUNTERS
from loyalty.outputs.around import OF_CARD, Around
from loyalty.outputs.card import Card, at_moment
from loyalty.outputs.stamps_then import Look, usages
from loyalty.rules import StampUsage
from loyalty.showing import Shown
from tenancy.models import Store

CLOSES = (TransactionType.CARD_DEACTIVATED, TransactionType.MERGE_OUT)
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
    rows = rows.annotate(newest_line=Subquery(lines.values("pk")[:1]))
    return {row.pk: row for row in rows}


def cards_told(moments: Sequence[Moment]) -> list[Card]:
    """The cards of one merchant at some moments, in their order, each in the merchant's language of then."""
    if not moments:
        return []
    now = cards_to_tell(each.last.card_id for each in moments)
    since = min(each.at for each in moments)
    around = Around.of(now.values(), [each.store for each in moments], since=since)
    return told_around(moments, now, around)


def told_around(moments: Sequence[Moment], now: Mapping[int, LoyaltyCard], around: Around) -> list[Card]:
    """The same of cards that are known already (`cards_to_tell`), with what lay around them."""
    then = _as_they_were(moments, now, around)
    homes = [_home(each, card, around) for each, card in zip(moments, then, strict=True)]
    looks = [
        Look(card, each.last.pk, each.at, (home or card.merchant).tzinfo)
        for each, card, home in zip(moments, then, homes, strict=True)
    ]
    shown = zip(moments, then, homes, usages(looks), _runs(moments, then, homes, around), strict=True)
    return [
        _told(each, card, home, usage, runs, around.on_offer(card.program, each.at))
        for each, card, home, usage, runs in shown
    ]


def _told(
    each: Moment,
    card: LoyaltyCard,
    store: Store | None,
    usage: StampUsage,
    runs: Sequence[Shown],
    on_offer: Sequence[PointsReward],
) -> Card:
    mine = showing.for_cards(runs, [card], now=each.at, upto=each.last.pk)[card.pk] if runs else []
    debt = receipts.owed_lines([card], upto=each.last.pk).get(card.pk, [])
    with override(card.merchant.default_language):
        return at_moment(card, store, usage, debt=debt, promotions=mine, on_offer=on_offer, now=each.at)


def _home(each: Moment, card: LoyaltyCard, around: Around) -> Store | None:
    """Where the card is looked at; else where it is valid, or was made."""
    if each.store is None:
        return card.scope_store or card.enrolled_at_store
    return around.store(each.store, card, each.at)


def _runs(
    moments: Sequence[Moment],
    then: Sequence[LoyaltyCard],
    homes: Sequence[Store | None],
    around: Around,
) -> list[list[Shown]]:
    """The promotions that ran at each moment where its card was looked at, and had something left."""
    planned = [around.planned(card.program, each.at) for each, card in zip(moments, then, strict=True)]
    limited = {
        pk
        for each, said in zip(moments, planned, strict=True)
        for pk, rule in said.rules.items()
        if rule.budget is not None and offers.was_decided(rule, each.at)
    }
    left = promoted.left_after(limited, [each.last.pk for each in moments], planned)
    return [
        showing.running_at(card.program, home, now=each.at, left=some, planned=said) if home else []
        for each, card, home, said, some in zip(moments, then, homes, planned, left, strict=True)
    ]


# --- What the ledger says ---------------------------------------------------------------------------------


def _as_they_were(
    moments: Sequence[Moment], now: Mapping[int, LoyaltyCard], around: Around
) -> list[LoyaltyCard]:
    """A card for each moment: the present one less what its lines have done since, with what lay around it."""
    past = [each.last for each in moments if now[each.last.card_id].newest_line != each.last.pk]  # type: ignore[attr-defined]
    since, times = _lines_since(past), _times(past)
    known = [(around.card(now[each.last.card_id], each.at), each) for each in moments]
    facts = selectors.facts_then([(card, each.at) for card, each in known])
    found = []
    for (card, each), said in zip(known, facts, strict=True):
        card.__dict__.update(said)
        if each.last.pk in times:
            newer = [row for row in since[card.pk] if each.last.pk < row[0] <= card.newest_line]  # type: ignore[attr-defined]
            card.__dict__.update(_figures(card, newer), **_balances(each.last), **times[each.last.pk])
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
    stamps = stamps.annotate(back=cents_brought_back(OuterRef(OuterRef("created_at"))))
    return stamps.filter(STILL_OPEN, ~Exists(undone), restores__isnull=True)
