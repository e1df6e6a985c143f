"""What the holder of a card is told when something happened to it: one sentence, in every language.

It stands on the pass as its news, and is the only text that an iPhone shows on the lock screen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext, ngettext

from loyalty.models import LoyaltyTransaction, TransactionType
from wallet.facts import Goal
from wallet.text import Text

REDEEMED = frozenset({TransactionType.STAMP_REDEEMED, TransactionType.POINTS_REDEEMED})


@dataclass(frozen=True)
class Change:
    """What one operation did to a card: its lines of the ledger in sum. `reward` is what was handed out, if any."""

    stamps: int = 0
    points: int = 0
    reward: Text | None = None
    is_reactivation: bool = False
    is_welcome: bool = False


def newest_change(lines: Sequence[LoyaltyTransaction], *, stamps_reward: Text) -> Change | None:
    """The last operation among these lines, newest first, of which there is something to tell: a purchase gives stamps
    and points in two of them, or less than a point.
    """
    operations = (list(together) for _at, together in groupby(lines, attrgetter("transaction_at")))
    changes = (_change(together, stamps_reward) for together in operations)
    return next((change for change in changes if change != Change()), None)


def _change(together: Sequence[LoyaltyTransaction], stamps_reward: Text) -> Change:
    kinds = {line.transaction_type for line in together}
    reward = next((line.reward for line in together if line.reward), None)
    redeemed = Text.of_field(reward, "name") if reward else stamps_reward
    return Change(
        stamps=sum(line.stamps_delta for line in together),
        points=sum(line.points_delta for line in together),
        reward=redeemed if kinds & REDEEMED else None,
        is_reactivation=TransactionType.CARD_REACTIVATED in kinds,
        is_welcome=TransactionType.CARD_CREATED in kinds,
    )


def announcement(change: Change, *, stamps: Goal | None, points: int) -> Text:
    """The sentence about a change; `stamps` and `points` are how the card stands after it."""
    if change.is_reactivation:
        return Text.each(lambda: gettext("Your card is valid again"))
    if change.reward is not None:
        return Text.about(change.reward, lambda name: _told([_enjoy(name), *_moved(change, stamps, points)]))
    if change.stamps > 0 and stamps and stamps.missing == 0:
        return Text.about(stamps.name, _ready)
    if change.is_welcome and not (change.stamps or change.points):
        return Text.each(lambda: gettext("Welcome! Your card is here"))
    return Text.each(lambda: _told(_moved(change, stamps, points)))


@cache
def ended() -> Text:
    """That a card is not valid any more, and nothing of what was on it."""
    return Text.each(lambda: gettext("This card is no longer valid"))


def _told(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _ready(name: str) -> str:
    return (
        gettext("Ready for you: %(reward)s") % {"reward": name} if name else gettext("Your reward is ready")
    )


def _enjoy(name: str) -> str:
    return gettext("Enjoy: %(reward)s") % {"reward": name} if name else gettext("Enjoy your reward")


def _moved(change: Change, stamps: Goal | None, points: int) -> Iterator[str]:
    """What was added or taken, and what is there now."""
    if change.stamps and stamps:
        text = ngettext(
            "%(change)s stamp, %(have)d of %(needed)d now",
            "%(change)s stamps, %(have)d of %(needed)d now",
            abs(change.stamps),
        )
        yield text % {"change": f"{change.stamps:+d}", "have": stamps.have, "needed": stamps.needed}
    if change.points:
        text = ngettext(
            "%(change)s point, %(points)d now", "%(change)s points, %(points)d now", abs(change.points)
        )
        yield text % {"change": f"{change.points:+d}", "points": points}
