"""Lines of the ledger, and what an operation has done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from groundwork.formats.wire import moment
from loyalty import selectors
from loyalty.models import LoyaltyTransaction
from loyalty.outputs.card import card
from loyalty.services import voids
from loyalty.services.operation import Posting
from loyalty.services.voids import Voiding
from tenancy.actor import Actor
from tenancy.models import Store

PLAIN_FIELDS = (
    "card_id",
    "transaction_type",
    "stamps_delta",
    "stamps_balance_after",
    "points_delta",
    "points_balance_after",
    "purchase_amount_cents",
    "order_reference",
    "reward_name",
    "notes",
    "recorded_offline",
)


def with_people(rows: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines together with who wrote them, so that showing a page of them costs one statement."""
    return rows.select_related("user", "api_key")


class Ledger:
    """Shows lines of the ledger to somebody at a store."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self.store, self.actor = store, actor
        self.settings = selectors.settings_of(store.merchant)

    def lines(self, rows: Iterable[LoyaltyTransaction]) -> list[dict[str, Any]]:
        now = timezone.now()
        return [self.line(row, now) for row in rows]

    def line(self, row: LoyaltyTransaction, now: datetime) -> dict[str, Any]:
        undone_by = getattr(row, "voided_by", None)
        shown = {name: getattr(row, name) for name in PLAIN_FIELDS}
        return shown | {
            "id": row.pk,
            "card_number": row.card.display_number,
            "customer_name": row.card.customer.name,
            "reward": _reward(row),
            "voids": row.voids_id,
            "voided_by": undone_by.pk if undone_by else None,
            "can_void": self._can_void(row, now),
            "store": row.store.store_code if row.store else None,
            "store_name": row.store.name if row.store else None,
            "staff": _staff(row),
            "transaction_at": moment(row.transaction_at),
            "created_at": moment(row.created_at),
        }

    def _can_void(self, row: LoyaltyTransaction, now: datetime) -> bool:
        """Whether undoing would be allowed just now, to somebody whose PIN is right."""
        card_, actor = row.card, self.actor
        if card_.is_deleted or card_.scope_store_id not in (None, self.store.pk):
            return False
        if not (actor.is_manager or (card_.is_active and card_.program.is_active)):
            return False
        refused = voids.refusal(row, store=self.store, actor=actor, settings=self.settings, now=now)
        return refused is None

    def posted(self, posting: Posting | Voiding) -> dict[str, Any]:
        """What an operation wrote, and the card after it."""
        line = posting.transaction
        # Nobody can have undone a line that is not committed yet: that needs no question.
        LoyaltyTransaction._meta.get_field("voided_by").set_cached_value(line, None)
        return {
            "transaction": self.line(line, timezone.now()),
            "card": card(posting.card, self.store, posting.usage),
        }


def _reward(row: LoyaltyTransaction) -> dict[str, Any] | None:
    """A reward for points, with the name and cost it had then."""
    if row.reward_id is None:
        return None
    return {"id": row.reward_id, "name": row.reward_name, "points_cost": row.reward_points_cost}


def _staff(row: LoyaltyTransaction) -> str | None:
    """Who it was: the name behind the PIN, else whoever was signed in; None for the system and the customer."""
    if row.staff_pin is not None:
        return row.staff_pin.name
    if row.user is not None:
        return row.user.get_full_name() or row.user.email
    return row.api_key.name if row.api_key else None
