"""Operation: what every call at a till begins with - the card locked, the clock read, the person known.

The order of checks is the specification's: staff token, program, card; the limits and balances come after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.errors import Invalid
from groundwork.formats.currencies import minor_digits
from loyalty import ledger, rules, selectors
from loyalty.errors import CardInactive, CardNotFound, ProgramInactive, ProgramTypeMismatch
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, MerchantLoyaltySettings, StaffPin
from loyalty.models.transaction import newly_owed
from loyalty.promotion_facts import Known
from loyalty.services import staff_tokens
from loyalty.terms import Terms
from tenancy.actor import Actor
from tenancy.models import Store

NOTES_LENGTH = LoyaltyTransaction._meta.get_field("notes").max_length or 0


@dataclass(frozen=True)
class Posting:
    """What an operation did: the line it wrote and the card after it.

    `known`: what is known of the card after it, for promotions; None: nothing.
    """

    transaction: LoyaltyTransaction
    card: LoyaltyCard
    reward_ready: bool = False
    usage: rules.StampUsage | None = None
    known: Known | None = None

    @property
    def transactions(self) -> list[LoyaltyTransaction]:
        return [self.transaction]


@dataclass(frozen=True)
class Operation:
    """A locked card and everything that is known about the call; `now` (UTC) was read under the lock.

    `terms` are those of the moment when it happened, which differ from the program's if it was recorded offline.
    """

    store: Store
    actor: Actor
    card: LoyaltyCard
    program: LoyaltyProgram
    terms: Terms
    settings: MerchantLoyaltySettings
    staff_pin: StaffPin | None
    now: datetime

    def entry(self, kind: str, **fields: Any) -> Entry:
        """A line for the ledger, with who and where filled in."""
        return Entry(
            card=self.card,
            kind=kind,
            store=self.store,
            actor=self.actor,
            staff_pin=self.staff_pin,
            keep_address=self.settings.log_ip_addresses,
            **fields,
        )

    @property
    def digits(self) -> int:
        """How many digits the minor unit of the merchant's currency has."""
        return minor_digits(self.store.merchant.currency)

    def post(self, kind: str, **fields: Any) -> LoyaltyTransaction:
        """Write one line and the card's balances."""
        (line,) = ledger.post([self.entry(kind, **fields)], now=self.now)
        return line


def begin(
    *,
    store: Store,
    card_id: int,
    actor: Actor,
    occurred_at: datetime | None = None,
    asks_for_pin: bool = True,
    even_inactive: bool = False,
    terms_must: Callable[[Terms], None] | None = None,
) -> Operation:
    """Lock a card that is valid at a store. Raises StaffPinRequired, ProgramNotFound, ProgramInactive, CardNotFound
    or CardInactive; and Invalid for a time that cannot be believed.

    `terms_must`: `require_stamps` or `require_points`, which come before anything is said about the card.
    `even_inactive`: also when program or card are switched off, for what puts things right. What was recorded offline
    for a card that was merged since happens to the one that remains.
    """
    if occurred_at is not None:
        card_id = selectors.remaining_card_id(store.merchant_id, card_id)
    card = ledger.lock_one(store=store, card_id=card_id)
    now = clock.now()
    program = card.program if card else selectors.program_of(store.merchant_id)
    settings = selectors.settings_of(store.merchant)
    _believe(occurred_at, now)
    staff_pin = None
    if asks_for_pin:
        required = program.require_staff_pin
        staff_pin = staff_tokens.identify(
            actor.staff_token, store, device=actor.device, now=now, at=occurred_at, required=required
        )
    terms = selectors.terms_of(program, occurred_at)
    if terms_must is not None:
        terms_must(terms)
    if not program.is_active and not even_inactive:
        raise ProgramInactive()
    if card is None:
        raise CardNotFound()
    if not card.is_active and not even_inactive:
        raise CardInactive()
    return Operation(store, actor, card, program, terms, settings, staff_pin, now)


def of_locked(
    card: LoyaltyCard, *, store: Store, actor: Actor, settings: MerchantLoyaltySettings, now: datetime
) -> Operation:
    """What puts things right on one of many cards that are locked already, switched off or not, as of now."""
    return Operation(
        store, actor, card, card.program, selectors.terms_of(card.program), settings, staff_pin=None, now=now
    )


def shortfall(lines: Sequence[LoyaltyTransaction]) -> int:
    """How many stamps and points are owed since a call's lines, because they were spent already."""
    owed = newly_owed(lines)
    return owed.stamps + owed.points


def require_stamps(terms: Terms) -> None:
    """Raise ProgramTypeMismatch unless the terms have stamps."""
    if not terms.has_stamps:
        raise ProgramTypeMismatch(_("This loyalty program has no stamps."))


def require_points(terms: Terms) -> None:
    """Raise ProgramTypeMismatch unless the terms have points."""
    if not terms.has_points:
        raise ProgramTypeMismatch(_("This loyalty program has no points."))


def require_reason(reason: str, field: str = "reason") -> str:
    """A reason without the spaces around it. Raises Invalid for none, or for more than the ledger keeps."""
    reason = reason.strip()
    if not reason:
        raise Invalid.field(field, _("Please say why."), code="required")
    if len(reason) > NOTES_LENGTH:
        raise Invalid.field(field, _("Please say it in 500 characters or less."), code="max_length")
    return reason


def _believe(occurred_at: datetime | None, now: datetime) -> None:
    if occurred_at is None:
        return
    if occurred_at > now + rules.CLOCK_GRACE:
        raise Invalid.field("occurred_at", _("This time is in the future."))
    if occurred_at < now - rules.OFFLINE_LIMIT:
        raise Invalid.field("occurred_at", _("This is more than 12 hours ago."))
