"""What loyalty announces, through the outbox. Events carry ids, never amounts: a handler reads the present.

Each is for a batch of one merchant: one card at the till, a thousand at the nightly expiry.
"""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class CardEvent:
    """Something happened to cards; `transaction_ids` are the ledger lines that did it, card by card, if any."""

    name: ClassVar[str] = ""

    merchant_id: int
    card_ids: list[int]
    transaction_ids: list[int] = field(default_factory=list)


class CardsEnrolled(CardEvent):
    """Cards were made (the transactions are their `card_created` lines)."""

    name = "loyalty.cards_enrolled"


class WelcomeBonusGiven(CardEvent):
    """A welcome bonus was given with a new card."""

    name = "loyalty.welcome_bonus_given"


class BalancesChanged(CardEvent):
    """Stamps or points of these cards changed, whatever the reason."""

    name = "loyalty.balances_changed"


class RewardReady(CardEvent):
    """A stamp took these cards from below the target to it."""

    name = "loyalty.reward_ready"


class FriendRewarded(CardEvent):
    """Whoever brought a friend got something for it; one line each."""

    name = "loyalty.friend_rewarded"


class OwedAnew(CardEvent):
    """What had been earned was taken back of these cards after it was spent; one line each."""

    name = "loyalty.owed_anew"


class PointsAboutToExpire(CardEvent):
    """These cards were warned; there is no ledger line for that."""

    name = "loyalty.points_about_to_expire"


class PointsExpired(CardEvent):
    """All points of these cards expired."""

    name = "loyalty.points_expired"


class CardStateChanged(CardEvent):
    """Cards were deactivated, reactivated, replaced, merged, deleted or restored."""

    name = "loyalty.card_state_changed"


class CardLinkRequested(CardEvent):
    """The owner of these cards is to get their links: by e-mail, else by text message."""

    name = "loyalty.card_link_requested"


class EmailToConfirm(CardEvent):
    """The person of these cards typed a new address of theirs, and is to confirm it from there."""

    name = "loyalty.email_to_confirm"


class PhoneToConfirm(CardEvent):
    """The person of these cards typed a new number of theirs, and is to confirm it with a code that is sent there."""

    name = "loyalty.phone_to_confirm"


class ErasureRequested(CardEvent):
    """The person of these cards asked to be erased, and is to confirm it by e-mail."""

    name = "loyalty.erasure_requested"


@dataclass(frozen=True, kw_only=True)
class FriendToSettle:
    """Something has changed about the purchase that welcomed a friend, or about the cards of the two."""

    name: ClassVar[str] = "loyalty.friend_to_settle"

    merchant_id: int
    gift_id: int


@dataclass(frozen=True, kw_only=True)
class ProgramChanged:
    """What customers see of a program has changed: its looks, its rules or its rewards."""

    name: ClassVar[str] = "loyalty.program_changed"

    merchant_id: int
    program_id: int
