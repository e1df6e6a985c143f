"""What the database holds about batches of imports and undoings: all that a row points to is one merchant's."""

from loyalty.import_triggers import imports
from tenancy.triggers import merchant_is_for_ever, same_merchant

BATCH = "loyalty_undobatch"
LINE = "loyalty_undoneline"
LEDGER = "loyalty_loyaltytransaction"

batches = [
    *imports,
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
