"""What the database holds about e-mails, their texts, and text messages."""

from tenancy.former import is_kept
from tenancy.triggers import same_merchant

RULES = [
    *same_merchant("notifications_emailtemplate", {"store_id": "tenancy_store"}),
    *same_merchant(
        "notifications_emaillog",
        {"store_id": "tenancy_store", "customer_id": "customers_customer", "card_id": "loyalty_loyaltycard"},
    ),
    *same_merchant("notifications_addressproblem", {"customer_id": "customers_customer"}),
    *is_kept(
        "notifications_addressproblem",
        *("customer_id", "address", "broken_since"),
        person="{row}.customer_id",
        is_removed=True,
    ),
    *same_merchant("notifications_textmessage", {"card_id": "loyalty_loyaltycard"}),
]
