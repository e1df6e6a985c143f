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
    """The purchase with which a friend was welcomed, and the line that gives the host something for it."""

    friend: Friend
    purchase: Purchase
    line: Line | None = None

    def month(self) -> tuple[int, int]:
        day = self.purchase.at.astimezone(ZONE)
        return day.year, day.month

    def is_right(self) -> bool:
        is_oneself = remaining(self.friend.card) is remaining(self.friend.host)
        return self.purchase.welcome() > 0 and not is_oneself

    def is_of_before(self) -> bool:
        """Whether it was given for a purchase that was undone, and another has taken the place of."""
        return self.line is not None and self.line.number < min(line.number for line in self.purchase.lines)


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
            gift.purchase = purchase  # for the one that was undone

    def _gift_of(self, friend: Friend | None) -> Gift | None:
        return next((gift for gift in self.gifts if gift.friend is friend), None)

    def settle(self, host: Card, now: datetime, put_right: Callable[..., Any]) -> None:
        """Have a host have what is right by now; `put_right` writes what takes something back."""
        mine = [one for one in self.gifts if remaining(one.friend.host) is host]
        mine.sort(key=lambda one: one.purchase.at)

        def given(month: tuple[int, int]) -> int:
            return sum(one.line is not None and one.is_right() and one.month() == month for one in mine)

        for one in mine:
            is_too_many = one.is_of_before() and given(one.month()) > MONTH
            if one.line is not None and (is_too_many or not one.is_right()):
                self._take_back(one, host, now, put_right)
        for one in mine:
            if host.active and one.line is None and one.is_right() and given(one.month()) < MONTH:
                one.line = host.note("friend_bonus", exact=HOST, at=now, store=-1)
                host.points_earned += one.line.points
                host.active_at(now)

    def _take_back(self, gift: Gift, host: Card, now: datetime, put_right: Callable[..., Any]) -> None:
        line, gift.line = gift.line, None
        assert line is not None
        line.undone = True
        host.active_at(now)
        move = {"kind": "points_voided", "exact": -line.exact, "at": now, "store": -1, "undoes": line}
        put_right(host, line.cause(), [move])


def remaining(card: Card) -> Card:
    """The card that a card was merged into, or itself."""
    while card.merged is not None:
        card = card.merged
    return card
