"""What the database holds about standings: each card and customer has one, and all of it is one merchant's."""

from groundwork.database.triggers import Rule
from tenancy.triggers import merchant_is_for_ever, same_merchant

CARD, CUSTOMER = "loyalty_loyaltycard", "customers_customer"


def _stands(table: str, of: str) -> Rule:
    """Whoever is made has one, with nothing in it: no list that is sorted by it leaves anybody out."""
    return Rule(
        f"{of}_stands_from_the_beginning",
        table,
        "AFTER INSERT",
        f"""INSERT INTO loyalty_{of}standing ({of}_id, merchant_id, stamps, points, owed, last_activity_at)
  VALUES (NEW.id, NEW.merchant_id, 0, 0, 0, NEW.created_at) ON CONFLICT DO NOTHING;""",
    )


standings = [
    _stands(CARD, "card"),
    _stands(CUSTOMER, "customer"),
    *same_merchant("loyalty_cardstanding", {"card_id": CARD}),
    *same_merchant("loyalty_customerstanding", {"customer_id": CUSTOMER}),
    *same_merchant("loyalty_cardvisits", {"card_id": CARD, "store_id": "tenancy_store"}),
    *[
        merchant_is_for_ever(f"loyalty_{table}")
        for table in ("cardstanding", "customerstanding", "cardvisits")
    ],
]
