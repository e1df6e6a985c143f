"""What is told of a moment long after it: cards, programs, rewards, promotions and PINs keep what they said before."""

from loyalty.promotion_triggers import SAID
from tenancy.former import in_every_language, is_kept

CARD = (
    "card_number",
    "customer_id",
    "scope_store_id",
    "expiry_not_before",
    "last_expiration_warning_at",
)
# What it promises besides is kept with its time for ever (`loyalty.models.terms`).
PROGRAM = (
    "is_active",
    "cooldown_minutes",
    "max_daily_stamps",
    "expiry_not_before",
    *in_every_language("stamps_reward_description"),
)
REWARD = ("points_cost", "is_active", "position", "deleted_at", *in_every_language("name"))
PROMOTION = tuple(name for name in SAID if name not in ("merchant_id", "program_id", "name"))

former = [
    *is_kept("loyalty_loyaltycard", *CARD, person="{row}.customer_id"),
    *is_kept("loyalty_loyaltyprogram", *PROGRAM),
    *is_kept("loyalty_pointsreward", *REWARD),
    *is_kept("loyalty_promotion", *PROMOTION),
    *is_kept("loyalty_staffpin", "name"),
]
