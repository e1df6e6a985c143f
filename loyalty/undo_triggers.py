"""What the database holds about undoing together: every row and all that it points to is one merchant's, for ever."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

BATCH = "loyalty_undobatch"
LINE = "loyalty_undoneline"
LEDGER = "loyalty_loyaltytransaction"

undoings = [
    *same_merchant(BATCH, {"reverses_id": BATCH}),
    *same_merchant(
        LINE,
        {
            "batch_id": BATCH,
            "line_id": LEDGER,
            "card_id": "loyalty_loyaltycard",
            "first_id": LEDGER,
            "last_id": LEDGER,
        },
    ),
    merchant_is_for_ever(BATCH),
    merchant_is_for_ever(LINE),
]
