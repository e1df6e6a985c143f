"""What is told of a moment long after it: cards and programs, with all of theirs, keep what they said before."""

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
    *(
        "is_active",
        "activated_at",
        "cooldown_minutes",
        "max_daily_stamps",
        "require_staff_pin",
        "expiry_not_before",
    ),
    *("stamps_reward_value_cents", "maximum_purchase_cents", "welcome_bonus_points", "point_value_cents"),
    *("card_color", "card_secondary_color", "privacy_url"),
    *in_every_language("stamps_reward_description", "card_name", "terms_text"),
)
REWARD = (
    *("points_cost", "value_cents", "is_active", "position", "deleted_at"),
    *in_every_language("name", "description"),
)
SETTINGS = ("allow_void_transactions", "require_order_reference", "allow_cross_location_redemption")
PROMOTION = tuple(name for name in SAID if name not in ("merchant_id", "program_id", "name"))

former = [
    *is_kept("loyalty_loyaltycard", *CARD, person="{row}.customer_id"),
    *is_kept("loyalty_loyaltyprogram", *PROGRAM),
    *is_kept("loyalty_pointsreward", *REWARD),
    *is_kept("loyalty_promotion", *PROMOTION),
    *is_kept("loyalty_merchantloyaltysettings", *SETTINGS),
    *is_kept("loyalty_staffpin", "name"),
]
