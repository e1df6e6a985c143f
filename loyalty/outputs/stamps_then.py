"""How stamps lay around cards at moments of their past: what a till would have been answered about another one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery

from loyalty import rules, selectors
from loyalty.closings import Closings
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from loyalty.rules import StampUsage


@dataclass(frozen=True)
class Look:
    """A card as it was after its line `last` (id), when (UTC), and by whose clock its day is reckoned."""

    card: LoyaltyCard
    last: int
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class _Stamp:
    """A stamp of a card (or of one that was merged into it by the line `moved`), until the line that undid it."""

    line_id: int
    card_id: int
    at: datetime
    count: int
    purchase_id: int | None
    undone: int | None
    moved: int | None

    def counts(self, look: Look, closings: Closings) -> bool:
        """Whether it was there, and a card's, when somebody looked, and its purchase was not all brought back."""
        upto = look.last
        is_gone = self.undone is not None and self.undone <= upto
        is_its = self.card_id == look.card.pk or (self.moved is not None and self.moved <= upto)
        is_closed = closings.were_closed(self.purchase_id, look.at)
        return self.line_id <= upto and is_its and not (is_gone or is_closed)


def usages(looks: Sequence[Look]) -> list[StampUsage]:
    """How stamps lay around each look, as `selectors.stamp_usage` says it of the present; two statements for all."""
    windows = [_window(look) for look in looks]
    stamps = _stamps({look.card.pk for look in looks if look.card.program.has_stamps}, windows)
    bought = {one.purchase_id for some in stamps.values() for one in some if one.purchase_id is not None}
    closings = Closings.of(bought)
    return [
        _usage([one for one in stamps[look.card.pk] if one.counts(look, closings)], look.at, window)
        for look, window in zip(looks, windows, strict=True)
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


def _window(look: Look) -> _Window:
    start, end = rules.local_day(look.at, look.zone)
    return _Window(start, end, timedelta(minutes=look.card.program.cooldown_minutes), look.at)


def _stamps(card_ids: set[int], windows: Sequence[_Window]) -> Mapping[int, list[_Stamp]]:
    """All stamps of cards in some windows, undone ones too, by the card that holds them."""
    found: dict[int, list[_Stamp]] = defaultdict(list)
    if not card_ids:
        return found
    earliest, latest = min(each.earliest for each in windows), max(each.latest for each in windows)
    rows = selectors.all_stamps(list(card_ids)).filter(
        transaction_at__gte=earliest, transaction_at__lt=latest
    )
    rows = rows.order_by().annotate(undone=F("voided_by"), moved=_moved())
    names = ("pk", "card_id", "transaction_at", "stamps_delta", "purchase_id", "undone", "moved")
    for holder, card_id, values in ((row[0], row[2], row[1:]) for row in rows.values_list("holder", *names)):
        stamp = _Stamp(*values)
        for each in {holder, card_id}:
            found[each].append(stamp)
    return found


def _moved() -> Subquery:
    """The line with which a stamp's card was merged into another one."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("card"), card__merged_into__isnull=False)
    lines = lines.filter(transaction_type=TransactionType.MERGE_OUT)
    return Subquery(lines.order_by("-pk").values("pk")[:1])


def _usage(stamps: Sequence[_Stamp], at: datetime, window: _Window) -> StampUsage:
    near = [one for one in stamps if window.earliest <= one.at < window.latest]
    return StampUsage(
        today=sum(one.count for one in near if window.start <= one.at < window.end),
        before=max((one.at for one in near if one.at <= at), default=None),
        after=min((one.at for one in near if one.at > at), default=None),
    )
