"""What the database holds about observations: each and all that it points to is one merchant's, for ever."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

OBSERVATION = "loyalty_observation"

observations = [
    *same_merchant(
        OBSERVATION,
        {
            "store_id": "tenancy_store",
            "staff_pin_id": "loyalty_staffpin",
            "till_id": "tenancy_till",
            "card_id": "loyalty_loyaltycard",
        },
    ),
    merchant_is_for_ever(OBSERVATION),
]
