"""What the database holds about customers."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

RULES = [
    merchant_is_for_ever("customers_customer"),
    *same_merchant("customers_customer", {"store_id": "tenancy_store"}),
]
