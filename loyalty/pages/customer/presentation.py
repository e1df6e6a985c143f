"""What a customer's page shows, worked out before the template: stamps, rewards, history.

Pure: from rows that were read already to words and figures. Texts are in the language that is active.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.money import money, whole_unit
from groundwork.formats.numbers import signed
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, PointsReward, TransactionType
from loyalty.outputs.owed import RETURNS
from loyalty.outputs.reasons import reasons
from loyalty.pages.formats import clock, short_day


@dataclass(frozen=True)
class Stamp:
    """A place on the card: `on` (stamped), `open` (its number shows) or `goal` (the reward)."""

    kind: str
    number: int


@dataclass(frozen=True)
class StampCard:
    """The stamps of a card as they are drawn, row by row; `owed` ones come first, and are drawn nowhere."""

    columns: int
    cells: list[Stamp]
    icon: str
    count: int
    target: int
    owed: int = 0

    @classmethod
    def of(cls, program: LoyaltyProgram, count: int, owed: int = 0) -> "StampCard":
        """Draw a program's card with `count` stamps; what exceeds the target counts for the next card."""
        return cls.drawn(target=program.stamps_target, count=count, icon=program.stamp_icon, owed=owed)

    @classmethod
    def drawn(cls, *, target: int, count: int, icon: str, owed: int = 0) -> "StampCard":
        """Draw a card of `target` places, `count` of them stamped with an icon of static/icons.svg."""
        cells = [Stamp("on" if number <= count else "open", number) for number in range(1, target + 1)]
        if count < target:
            cells[-1] = Stamp("goal", target)
        columns = columns_for(target)
        return cls(columns=columns, cells=cells, icon=icon, count=count, target=target, owed=owed)

    @property
    def label(self) -> str:
        """For those who do not see the picture."""
        text = ngettext("%(count)d of %(target)d stamp", "%(count)d of %(target)d stamps", self.target)
        return text % {"count": self.count, "target": self.target}

    @property
    def missing(self) -> int:
        """How many stamps the next reward still takes; 0 when it is ready."""
        return max(0, self.target - self.count + self.owed)

    @property
    def surplus(self) -> int:
        """Stamps beyond a full card."""
        return max(0, self.count - self.target)


def columns_for(target: int) -> int:
    """How many stamps stand in a row: few in one row, more in rows with the fewest gaps, many in long rows."""
    if target <= 6:
        return max(4, target)
    widths = range(4, 7) if target <= 18 else range(7, 11)
    return min(widths, key=lambda columns: (-target % columns, -columns))


@dataclass(frozen=True)
class RewardLine:
    """A reward for points, and how far it is away."""

    name: str
    description: str
    cost: int
    balance: int
    owed: int = 0

    @property
    def missing(self) -> int:
        return max(0, self.cost - self.balance + self.owed)

    @property
    def affordable(self) -> bool:
        return self.missing == 0


def reward_lines(
    program: LoyaltyProgram, rewards: Iterable[PointsReward], balance: int, owed: int = 0
) -> list[RewardLine]:
    """The rewards that can be redeemed in this program, the cheapest first."""
    lines = [
        RewardLine(reward.name, reward.description, reward.points_cost, balance, owed)
        for reward in rewards
        if reward.is_active and reward.points_cost >= program.minimum_redemption_points
    ]
    return sorted(lines, key=lambda line: line.cost)


@dataclass(frozen=True)
class HistoryLine:
    """A line of the ledger in a customer's words."""

    title: str
    when: str
    moment: datetime
    store_name: str
    changes: list[str]
    reasons: list[str]
    undone: bool


class History:
    """Tells transactions as a customer reads them, in the time zone of the shop.

    Parameters: now - an aware time, for "today" and "yesterday"; currency - ISO 4217.
    """

    def __init__(self, *, now: datetime, zone: ZoneInfo, currency: str) -> None:
        self.zone = zone
        self.today = now.astimezone(zone).date()
        self.currency = currency

    def lines(self, transactions: Iterable[LoyaltyTransaction]) -> list[HistoryLine]:
        """Tell each line; its store, terms and purchase, what it undoes and `voided_by` were read along."""
        return [self.line(transaction) for transaction in transactions]

    def line(self, transaction: LoyaltyTransaction) -> HistoryLine:
        moment = transaction.transaction_at.astimezone(self.zone)
        return HistoryLine(
            title=self.title(transaction),
            when=self.when(moment),
            moment=moment,
            store_name=transaction.store.name if transaction.store else "",
            changes=changes(transaction),
            reasons=reasons(transaction, self.currency),
            undone=hasattr(transaction, "voided_by"),
        )

    def title(self, transaction: LoyaltyTransaction) -> str:
        """What happened, in a few words."""
        if cents := transaction.purchase_amount_cents:
            amount = {"amount": money(cents, self.currency)}
            is_return = transaction.transaction_type in RETURNS
            return (_("Return of %(amount)s") if is_return else _("Purchase of %(amount)s")) % amount
        if transaction.transaction_type == TransactionType.POINTS_REDEEMED and transaction.reward_name:
            return _("Redeemed: %(reward)s") % {"reward": _reward_then(transaction)}
        return TITLES[TransactionType(transaction.transaction_type)](transaction)

    def when(self, moment: datetime) -> str:
        """Today, 09:41 - Yesterday, 17:03 - Sat 14 Nov, 10:05 - 14 Nov 2025, 10:05."""
        time = clock(moment)
        if moment.date() == self.today:
            return _("Today, %(time)s") % {"time": time}
        if moment.date() == self.today - timedelta(days=1):
            return _("Yesterday, %(time)s") % {"time": time}
        return f"{short_day(moment, with_year=moment.year != self.today.year)}, {time}"


def changes(transaction: LoyaltyTransaction) -> list[str]:
    """What a transaction did to the balances: `+1 stamp`, `−200 points`; nothing for a card made or replaced."""
    said = []
    if stamps := transaction.stamps_delta:
        said.append(
            ngettext("%(number)s stamp", "%(number)s stamps", abs(stamps)) % {"number": signed(stamps)}
        )
    if points := transaction.points_delta:
        said.append(
            ngettext("%(number)s point", "%(number)s points", abs(points)) % {"number": signed(points)}
        )
    return said


def _reward_then(transaction: LoyaltyTransaction) -> str:
    """The reward's name at that time, in the reader's language; as it was written down if it has changed since."""
    reward, written = transaction.reward, transaction.reward_name
    names = {getattr(reward, f"name_{language}", "") for language, _name in settings.LANGUAGES}
    return reward.name if reward and written in names else written


# What the shop had written down, and no customer had bought or spent.
CORRECTED = (TransactionType.POINTS_ADJUSTMENT, TransactionType.OPENING_BALANCE)


def _undone_title(transaction: LoyaltyTransaction) -> str:
    undone = transaction.voids
    if undone is not None and undone.transaction_type in RETURNS:
        return _("Return undone")
    if undone is not None and undone.transaction_type in CORRECTED:
        return _("Correction by the shop")
    if transaction.stamps_delta > 0 or transaction.points_delta > 0:
        return _("Redemption undone")
    return _("Stamp taken back") if transaction.stamps_delta else _("Points taken back")


def _expiry_title(line: LoyaltyTransaction) -> str:
    return _("Had expired already") if line.points_delta > 0 else _("Points expired")


def _forgiveness_title(line: LoyaltyTransaction) -> str:
    is_given = line.points_delta > 0 or line.stamps_delta > 0
    return _("What was owed was let go") if is_given else _("Had been let go already")


TITLES: dict[TransactionType, Callable[[LoyaltyTransaction], str]] = {
    TransactionType.CARD_CREATED: lambda _row: _("Card made"),
    TransactionType.WELCOME_BONUS: lambda _row: _("Welcome bonus"),
    TransactionType.FRIEND_BONUS: lambda _row: _("You brought a friend"),
    TransactionType.STAMP_EARNED: lambda row: ngettext("Stamp", "Stamps", row.stamps_delta),
    TransactionType.STAMP_REDEEMED: lambda _row: _("Reward redeemed"),
    TransactionType.STAMP_VOIDED: _undone_title,
    TransactionType.POINTS_EARNED: lambda _row: _("Purchase"),
    TransactionType.POINTS_REDEEMED: lambda _row: _("Reward redeemed"),
    TransactionType.POINTS_VOIDED: _undone_title,
    TransactionType.POINTS_ADJUSTMENT: lambda _row: _("Correction by the shop"),
    TransactionType.POINTS_EXPIRED: lambda _row: _("Points expired"),
    TransactionType.CARD_DEACTIVATED: lambda _row: _("Card deactivated"),
    TransactionType.CARD_REACTIVATED: lambda _row: _("Card active again"),
    TransactionType.CARD_REPLACED: lambda _row: _("Card replaced"),
    TransactionType.MERGE_IN: lambda _row: _("Brought over from your other card"),
    TransactionType.MERGE_OUT: lambda _row: _("Brought over to your other card"),
    TransactionType.OPENING_BALANCE: lambda _row: _("Balance brought over"),
    TransactionType.POINTS_RETURNED: lambda _row: _("Points taken back"),
    TransactionType.STAMPS_RETURNED: lambda _row: _("Stamp taken back"),
    TransactionType.DEBT_FORGIVEN: lambda _row: _("What was owed was let go"),
    TransactionType.EXPIRY_ADJUSTED: _expiry_title,
    TransactionType.FORGIVENESS_ADJUSTED: _forgiveness_title,
}


def card_title(card: LoyaltyCard) -> str:
    """Whose card it is: by the first name where it is known."""
    name = card.customer.first_name
    return _("%(name)s’s card") % {"name": name} if name else _("Your card")


@dataclass(frozen=True)
class Headline:
    """What a program promises, in two short lines that need no grammar: 10 stamps = / a free drink."""

    lead: str
    reward: str = ""

    @classmethod
    def of(cls, program: LoyaltyProgram) -> "Headline":
        if not program.has_stamps:
            return cls(_("Points with every purchase"))
        count = program.stamps_target
        lead = ngettext("%(count)d stamp =", "%(count)d stamps =", count) % {"count": count}
        if not program.stamps_reward_description:
            return cls(_("A stamp with every visit"))
        return cls(lead, program.stamps_reward_description)


def points_rule(program: LoyaltyProgram, currency: str) -> str:
    """What a purchase earns: 10 points for every €1."""
    rate = program.points_per_euro.normalize()
    said = ngettext(
        "%(points)s point for every %(unit)s", "%(points)s points for every %(unit)s", math.ceil(rate)
    )
    return said % {"points": formats.number_format(rate), "unit": whole_unit(currency)}
