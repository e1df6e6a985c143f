"""The kinds of lines of the ledger, and the indexes of one of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TransactionType(models.TextChoices):
    CARD_CREATED = "card_created", _("card made")
    WELCOME_BONUS = "welcome_bonus", _("welcome bonus")
    STAMP_EARNED = "stamp_earned", _("stamp given")
    STAMP_REDEEMED = "stamp_redeemed", _("reward for stamps")
    STAMP_VOIDED = "stamp_voided", _("stamps undone")
    STAMPS_RETURNED = "stamps_returned", _("stamps returned")
    POINTS_EARNED = "points_earned", _("points given")
    POINTS_REDEEMED = "points_redeemed", _("reward for points")
    POINTS_VOIDED = "points_voided", _("points undone")
    POINTS_RETURNED = "points_returned", _("points returned")
    POINTS_ADJUSTMENT = "points_adjustment", _("points adjusted")
    POINTS_EXPIRED = "points_expired", _("points expired")
    CARD_DEACTIVATED = "card_deactivated", _("card deactivated")
    CARD_REACTIVATED = "card_reactivated", _("card reactivated")
    CARD_REPLACED = "card_replaced", _("card replaced")
    MERGE_IN = "merge_in", _("merged in")
    MERGE_OUT = "merge_out", _("merged into another card")
    OPENING_BALANCE = "opening_balance", _("opening balance")
    DEBT_FORGIVEN = "debt_forgiven", _("what was owed let go")
    EXPIRY_ADJUSTED = "expiry_adjusted", _("expiry put right")
    FORGIVENESS_ADJUSTED = "forgiveness_adjusted", _("letting go put right")
    FRIEND_BONUS = "friend_bonus", _("for bringing a friend")


# Of the lines that made a card: those of another system, those of the card's owner, and those of somebody at the
# counter (loyalty.sources).
HOW_CARDS_ARE_MADE = (
    models.Index(
        fields=["card"],
        condition=Q(transaction_type="card_created", api_key__isnull=False),
        name="card_made_by_a_key",
    ),
    models.Index(
        fields=["card"],
        condition=Q(
            transaction_type="card_created",
            api_key__isnull=True,
            till__isnull=True,
            staff_pin__isnull=True,
            user__isnull=True,
        ),
        name="card_made_by_its_owner",
    ),
    models.Index(
        fields=["card"],
        condition=Q(transaction_type="card_created", api_key__isnull=True)
        & (Q(till__isnull=False) | Q(staff_pin__isnull=False) | Q(user__isnull=False)),
        name="card_made_at_the_counter",
    ),
)
