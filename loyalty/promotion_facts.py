"""What promotions want to know of cards: when they were here, and what they have had; read for `loyalty.offers`.

known_of(card, promotions, at=now, zone=zone, limited=[7], holds=True)    # at the till, with what is left of budgets
known_of_cards(cards, promotions, at=now, zone=zone)                      # for all that are shown
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject, TruncDate

from loyalty import offers, rules
from loyalty.closings import STILL_OPEN, cents_brought_back
from loyalty.earning import Part
from loyalty.models import LoyaltyCard, LoyaltyTransaction, PromotionUse, TransactionType
from loyalty.offers import Facts, Given
from loyalty.promoted import EARNED, budgets_of
from tenancy.models import Store

CAME = (*EARNED, TransactionType.OPENING_BALANCE)
_HAPPENED_AT = Coalesce("purchase__purchased_at", "restores__voids__transaction_at", "transaction_at")


@dataclass(frozen=True)
class Visits:
    """When a card earned before: ever, and on how many days before one; the last of them."""

    has_earned: bool = False
    days: int = 0
    last: date | None = None


@dataclass(frozen=True)
class Known:
    """What is known of a card, and of budgets, in a promotion's parts by its id.

    `asked`: the promotions that it was asked for; `welcomes`: those of them that welcome its owner as a friend now.
    """

    visits: Visits = Visits()
    given: Mapping[int, Given] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)
    welcomes: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()

    @classmethod
    def of(cls, row: Any, asked: Iterable[offers.Promotion], left: Mapping[int, int] | None = None) -> Self:
        """From a row that was annotated with what `known_of` asks."""
        visits = getattr(row, "visits", None) or {"ever": 0, "days": 0, "last": None}
        last = visits["last"] and date.fromisoformat(visits["last"])
        given = {
            had["promotion"]: Given(had["today"], had["in_all"], had["around"])
            for had in getattr(row, "given", None) or ()
        }
        asked_for = frozenset(promotion.id for promotion in asked)
        return cls(Visits(visits["ever"] > 0, visits["days"], last), given, left or {}, asked=asked_for)

    def after(self, parts: Iterable[Part], *, has_earned: bool) -> "Known":
        """The same once promotions have given parts, at the moment of which it is known."""
        given, left, welcomes = {**self.given}, {**self.left}, self.welcomes
        for part in parts:
            more, had = part.points + part.stamps, given.get(part.promotion_id, Given())
            given[part.promotion_id] = Given(had.today + more, had.in_all + more, had.around + more)
            if part.promotion_id in left:
                left[part.promotion_id] -= more
            welcomes -= {part.promotion_id}
        visits = replace(self.visits, has_earned=self.visits.has_earned or has_earned)
        return replace(self, visits=visits, given=given, left=left, welcomes=welcomes)

    def facts(self, card: LoyaltyCard, store: Store) -> Facts:
        """For `loyalty.offers`; reads `card.customer`."""
        return Facts(
            store_id=store.pk,
            zone=store.tzinfo,
            birth_date=card.customer.birth_date,
            tags=frozenset(card.customer.tags),
            welcomes=self.welcomes,
            has_earned=self.visits.has_earned,
            visits=self.visits.days,
            last_visit=self.visits.last,
            given=self.given,
            left=self.left,
        )


def known_of(
    card: LoyaltyCard,
    promotions: Collection[offers.Promotion],
    *,
    at: datetime,
    zone: ZoneInfo,
    limited: Collection[int],
    holds: bool,
) -> Known:
    """What some promotions want to know of a card, around a moment (UTC), and what is left of the budgets of those
    that are `limited` (ids): one statement, or none.

    `holds`: the budgets stay locked until the transaction ends, in the order of their ids and after the card.
    """
    asked = _asked(Value(card.pk), promotions, at=at, zone=zone)
    if limited:
        budgets = list(budgets_of(limited, holds=holds).annotate(**asked))
        return Known.of(budgets[0], promotions, {row.pk: row.left or 0 for row in budgets})
    row = LoyaltyCard.all_objects.annotate(**asked).only("pk").get(pk=card.pk) if asked else card
    return Known.of(row, promotions)


def known_of_cards(
    cards: Collection[LoyaltyCard],
    promotions: Collection[offers.Promotion],
    *,
    at: datetime,
    zone: ZoneInfo,
    upto: int | None = None,
) -> dict[int, Known]:
    """The same of many cards, by their ids, without budgets.

    `upto`: as it was when the ledger's newest line was that one (its id).
    """
    asked = _asked(OuterRef(OuterRef("pk")), promotions, at=at, zone=zone, upto=upto)
    if not asked:
        return {card.pk: Known.of(card, promotions) for card in cards}
    rows = LoyaltyCard.all_objects.filter(pk__in=[card.pk for card in cards]).annotate(**asked).only("pk")
    return {row.pk: Known.of(row, promotions) for row in rows.order_by()}


def _asked(
    card: Value | OuterRef,
    promotions: Collection[offers.Promotion],
    *,
    at: datetime,
    zone: ZoneInfo,
    upto: int | None = None,
) -> dict[str, Any]:
    """By name, what some promotions want to know of a card (its id)."""
    asked: dict[str, Any] = {}
    if any(promotion.asks_for_visits for promotion in promotions):
        asked["visits"] = Subquery(_visits(card, at, zone, upto))
    if used := [promotion.id for promotion in promotions if promotion.asks_for_uses]:
        asked["given"] = ArraySubquery(_uses(card, used, at, zone, upto))
    return asked


def _uses(
    card: Value | OuterRef, promotion_ids: list[int], at: datetime, zone: ZoneInfo, upto: int | None
) -> QuerySet:
    """What a card, and those merged into it, have had of promotions: a row for each."""
    start, end = rules.local_day(at, zone)
    given = F("points") + F("stamps")  # a promotion gives either
    year = Q(at__gt=at - offers.BIRTHDAY_AGAIN, at__lt=at + offers.BIRTHDAY_AGAIN)
    rows = PromotionUse.objects.filter(card__in=_family(card, upto), promotion__in=promotion_ids)
    if upto is not None:
        rows = rows.filter(line__lte=upto)
    had = JSONObject(
        promotion=F("promotion_id"),
        today=Coalesce(Sum(given, filter=Q(at__gte=start, at__lt=end)), 0),
        in_all=Sum(given),
        around=Coalesce(Sum(given, filter=year), 0),
    )
    return rows.order_by().values("promotion_id").annotate(had=had).values("had")


def _visits(card: Value | OuterRef, at: datetime, zone: ZoneInfo, upto: int | None) -> QuerySet:
    """On which days of a store a card, with those merged into it, earned what is neither undone nor brought back.

    What was undone and is written again was a visit on the day on which it happened first. An opening balance is from
    before: whoever brings one along is no new customer.
    """
    start, _end = rules.local_day(at, zone)
    lines = LoyaltyTransaction.objects.filter(card__in=_family(card, upto), transaction_type__in=CAME)
    lines = _standing(lines) if upto is None else _stood(lines, upto, at)
    earned = Q(transaction_type__in=EARNED, happened_at__lt=start)
    day = TruncDate("happened_at", tzinfo=zone)
    found = JSONObject(
        ever=Count("pk"),
        days=Count(day, distinct=True, filter=earned),
        last=Max(day, filter=earned),
    )
    lines = lines.order_by().annotate(all=Value(1), happened_at=_HAPPENED_AT)
    return lines.values("all").annotate(found=found).values("found")


def _standing(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    return lines.filter(voided_by__isnull=True).exclude(purchase__is_open=False)


def _stood(lines: QuerySet[LoyaltyTransaction], upto: int, at: datetime) -> QuerySet[LoyaltyTransaction]:
    """The same as it was with the line `upto`, at that moment (UTC)."""
    lines = lines.filter(pk__lte=upto).annotate(back=cents_brought_back(at))
    return lines.filter(STILL_OPEN).exclude(voided_by__lte=upto)


def _family(card: Value | OuterRef, upto: int | None) -> QuerySet:
    """A card (its id) and those merged into it: by now, or with the line `upto`."""
    merged = LoyaltyTransaction.objects.filter(
        card=OuterRef("pk"), transaction_type=TransactionType.MERGE_OUT
    )
    has_come = (
        Q(merged_into=card) if upto is None else Q(Exists(merged.filter(pk__lte=upto)), merged_into=card)
    )
    return LoyaltyCard.all_objects.filter(Q(pk=card) | has_come).order_by().values("pk")
