"""What changes of a program take from the customers of `open_shop`, and which take nothing."""

from decimal import Decimal
from typing import Any

Fields = dict[str, Any]
Effects = list[tuple[str, int, str]]

KEPT = [{"name": "Croissant", "points_cost": 500}, {"name": "Breakfast", "points_cost": 1500}]
TAKES: dict[str, tuple[Fields, Fields, int, Effects]] = {
    "two more stamps for a coffee": (
        {},
        {"stamps_target": 12},
        4,
        [
            ("full_cards_lost", 1, "1 full card would lose “a coffee”."),
            ("stamps_target_raised", 4, "4 cards would be further from their reward."),
        ],
    ),
    "a target that was beyond them all": (
        {"stamps_target": 40},
        {"stamps_target": 50},
        4,
        [("stamps_target_raised", 4, "4 cards would be further from their reward.")],
    ),
    "no more stamps": (
        {},
        {"loyalty_type": "points", "stamps_target": 50},
        2,
        [
            ("full_cards_lost", 1, "1 full card would lose “a coffee”."),
            ("stamps_stranded", 2, "2 cards have stamps that could no longer be used."),
        ],
    ),
    "no more points": (
        {},
        {"loyalty_type": "stamps", "points_per_euro": 1},
        2,
        [("points_stranded", 2, "2 cards have points that could no longer be used.")],
    ),
    "no rewards any more": (
        {},
        {"rewards": []},
        2,
        [
            ("reward_removed", 2, "2 cards with points could no longer get “Croissant”."),
            ("reward_removed", 2, "2 cards with points could no longer get “Breakfast”."),
        ],
    ),
    "a reward that is switched off": (
        {},
        {"rewards": [{**KEPT[0], "is_active": False}, KEPT[1]]},
        2,
        [("reward_removed", 2, "2 cards with points could no longer get “Croissant”.")],
    ),
    "a reward that becomes too cheap to be had": (
        {"minimum_redemption_points": 200},
        {"rewards": [{**KEPT[0], "points_cost": 100}, KEPT[1]]},
        2,
        [("reward_removed", 2, "2 cards with points could no longer get “Croissant”.")],
    ),
    "a reward for a hundred times the points": (
        {},
        {"rewards": [{**KEPT[0], "points_cost": 50_000}, KEPT[1]]},
        2,
        [
            (
                "reward_dearer",
                2,
                "2 cards with points would need 50,000 points instead of 500 for “Croissant”.",
            )
        ],
    ),
    "a minimum that nobody reaches": (
        {},
        {"minimum_redemption_points": 1_000_000_000},
        2,
        [
            (
                "minimum_redemption_raised",
                2,
                "2 cards have points that could only be used from 1,000,000,000 on.",
            )
        ],
    ),
    "points that expire from now on": (
        {},
        {"points_expiration_days": 365},
        2,
        [("expiry_switched_on", 2, "2 cards have points that would now expire.")],
    ),
    "points that expire sooner": (
        {"points_expiration_days": 365},
        {"points_expiration_days": 90},
        2,
        [("expiry_shortened", 2, "2 cards have points that would expire sooner.")],
    ),
    "points that expire without a word": (
        {"points_expiration_days": 365, "expiry_requires_warning": True},
        {"expiry_requires_warning": False},
        2,
        [("expiry_warning_dropped", 2, "2 cards have points that could expire without a warning.")],
    ),
    "no more remainders": (
        {},
        {"carry_remainders": False},
        2,
        [("remainders_dropped", 2, "2 cards would lose the amounts that make no whole point yet.")],
    ),
    "a lower rate": (
        {},
        {"points_per_euro": Decimal("9.99")},
        4,
        [("rate_lowered", 4, "4 cards would earn fewer points for the same purchase.")],
    ),
    "a higher minimum purchase": (
        {},
        {"minimum_purchase_cents": 1},
        4,
        [("minimum_purchase_raised", 4, "4 cards would no longer earn points for some small purchases.")],
    ),
    "a program that is switched off": (
        {},
        {"is_active": False},
        3,
        [("spending_stopped", 3, "3 cards have stamps or points that could not be used meanwhile.")],
    ),
    "a program of points only that is switched off": (
        {"loyalty_type": "points"},
        {"is_active": False},
        2,
        [("spending_stopped", 2, "2 cards have stamps or points that could not be used meanwhile.")],
    ),
    "a program of stamps only that is switched off": (
        {"loyalty_type": "stamps"},
        {"is_active": False},
        2,
        [("spending_stopped", 2, "2 cards have stamps or points that could not be used meanwhile.")],
    ),
}

GIVES: dict[str, tuple[Fields, Fields]] = {
    "a lower target": ({}, {"stamps_target": 9}),
    "the same target": ({}, {"stamps_target": 10}),
    "stamps too": ({"loyalty_type": "points"}, {"loyalty_type": "hybrid"}),
    "points too": ({"loyalty_type": "stamps"}, {"loyalty_type": "hybrid"}),
    "the same rewards": ({}, {"rewards": KEPT}),
    "the same rewards in another order": ({}, {"rewards": KEPT[::-1]}),
    "one more reward": ({}, {"rewards": [*KEPT, {"name": "Cake", "points_cost": 9000}]}),
    "a cheaper reward": ({}, {"rewards": [{**KEPT[0], "points_cost": 499}, KEPT[1]]}),
    "a reward that was off already": (
        {"rewards": [*KEPT, {"name": "Cake", "points_cost": 100, "is_active": False}]},
        {"rewards": KEPT},
    ),
    "a reward below the minimum": ({"minimum_redemption_points": 501}, {"rewards": KEPT[1:]}),
    "a lower minimum to redeem": ({"minimum_redemption_points": 100}, {"minimum_redemption_points": 99}),
    "points that stay longer": ({"points_expiration_days": 90}, {"points_expiration_days": 91}),
    "points that stay": ({"points_expiration_days": 90}, {"points_expiration_days": None}),
    "an expiry of points that are not collected": (
        {"loyalty_type": "stamps"},
        {"points_expiration_days": 90},
    ),
    "a warning before": ({"points_expiration_days": 90}, {"expiry_requires_warning": True}),
    "no warning of what never expires": (
        {"expiry_requires_warning": True},
        {"expiry_requires_warning": False},
    ),
    "remainders": ({"carry_remainders": False}, {"carry_remainders": True}),
    "a higher rate": ({}, {"points_per_euro": Decimal("10.01")}),
    "a rate of points that are not collected": ({"loyalty_type": "stamps"}, {"points_per_euro": 1}),
    "a lower minimum purchase": ({"minimum_purchase_cents": 100}, {"minimum_purchase_cents": 99}),
    "a program that is on again": ({"is_active": False}, {"is_active": True}),
    "what guards the till": ({}, {"cooldown_minutes": 60, "max_daily_stamps": 1, "require_staff_pin": True}),
    "what is an estimate": ({}, {"point_value_cents": 0, "stamps_reward_value_cents": 1}),
    "a smaller welcome": ({"welcome_bonus_points": 50}, {"welcome_bonus_points": 0}),
    "words and colours": ({}, {"card_name": "Ours", "terms_text": "Be kind.", "card_color": "#112233"}),
}
