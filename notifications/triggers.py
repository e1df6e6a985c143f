"""What the database holds about e-mails and their texts."""

from tenancy.triggers import same_merchant

RULES = [
    *same_merchant("notifications_emailtemplate", {"store_id": "tenancy_store"}),
    *same_merchant(
        "notifications_emaillog",
        {"store_id": "tenancy_store", "customer_id": "customers_customer", "card_id": "loyalty_loyaltycard"},
    ),
    *same_merchant("notifications_addressproblem", {"customer_id": "customers_customer"}),
]
