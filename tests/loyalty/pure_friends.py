"""Who was brought by whom, and what both got for it, as a café in plain Python notes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.loyalty.pure_records import ZONE, Card, Line, Purchase

HOST, MONTH = 5, 2  # points for whoever brings a friend, and how many friends a month count


@dataclass
class Friend:
    """A new card whose owner came by the invitation of another one."""

    card: Card
    host: Card


@dataclass
class Gift:
    """The purchase with which a friend was welcomed; what the host gets for it, and the line that gives it."""

    friend: Friend
    purchase: Purchase
    amount: int | None = None
    line: Line | None = None


@dataclass
class Friends:
    """The promotion of the house: a welcome for the newcomer (`Purchase.welcome`), and something for the host."""

    known: list[Friend] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)

    def of(self, card: Card) -> Friend | None:
        """How the owner of a card was brought; nobody was who was here before, or turns out to be the host."""
        family = [card, *card.inside]
        friend = next((one for one in self.known if any(one.card is mine for mine in family)), None)
        if friend is None or remaining(friend.card) is remaining(friend.host):
            return None
        return None if any(one.lines[0].at < friend.card.lines[0].at for one in family) else friend

    def welcomes(self, card: Card) -> bool:
        """Whether the next purchase of a card is the newcomer's first: there is none, or it was undone."""
        friend = self.of(card)
        gift = self._gift_of(friend)
        return friend is not None and (gift is None or gift.purchase.earned_points_are_undone())

    def claim(self, purchase: Purchase) -> None:
        """Note with which purchase a friend was welcomed, if it was given the welcome."""
        friend = self.of(purchase.card)
        if friend is None or not (purchase.is_of_a_friend and purchase.welcome()):
            return
        gift = self._gift_of(friend)
        if gift is None:
            self.gifts.append(Gift(friend, purchase))
        else:
            gift.purchase = purchase

    def _gift_of(self, friend: Friend | None) -> Gift | None:
        return next((gift for gift in self.gifts if gift.friend is friend), None)

    def settle(self, gift: Gift, now: datetime, put_right: Callable[..., Any]) -> None:
        """Give the host what is right by now, or take it back; `put_right` writes what takes something back."""
        host = remaining(gift.friend.host)
        is_right = remaining(gift.friend.card) is not host and gift.purchase.welcome() > 0
        if is_right and gift.line is None and host.active:
            if gift.amount is None:
                gift.amount = 0 if self._in_the_month_of(gift, host) >= MONTH else HOST
            if gift.amount:
                gift.line = host.note("friend_bonus", exact=gift.amount, at=now, store=-1)
                host.points_earned += gift.line.points
                host.active_at(now)
        elif not is_right and gift.line is not None:
            line, gift.line = gift.line, None
            line.undone = True
            host.active_at(now)
            move = {"kind": "points_voided", "exact": -line.exact, "at": now, "store": -1, "undoes": line}
            put_right(host, line.cause(), [move])

    def _in_the_month_of(self, gift: Gift, host: Card) -> int:
        def month(one: Gift) -> tuple[int, int]:
            day = one.purchase.at.astimezone(ZONE)
            return day.year, day.month

        family = [host, *host.inside]
        others = [one for one in self.gifts if one.amount and any(one.friend.host is mine for mine in family)]
        return sum(month(one) == month(gift) for one in others)


def remaining(card: Card) -> Card:
    """The card that a card was merged into, or itself."""
    while card.merged is not None:
        card = card.merged
    return card
