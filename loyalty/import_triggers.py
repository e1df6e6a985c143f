"""What the database holds about imports: every row and all that it points to is one merchant's, for ever."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

BATCH = "loyalty_importbatch"
PERSON = "loyalty_importedperson"
LEDGER = "loyalty_loyaltytransaction"

imports = [
    *same_merchant(BATCH, {"store_id": "tenancy_store"}),
    *same_merchant(
        PERSON,
        {
            "batch_id": BATCH,
            "customer_id": "customers_customer",
            "card_id": "loyalty_loyaltycard",
            "stamps_line_id": LEDGER,
            "points_line_id": LEDGER,
        },
    ),
    merchant_is_for_ever(BATCH),
    merchant_is_for_ever(PERSON),
]
