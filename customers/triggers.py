"""What the database holds about customers."""

from tenancy.former import is_kept
from tenancy.triggers import merchant_is_for_ever, same_merchant

RULES = [
    merchant_is_for_ever("customers_customer"),
    *same_merchant("customers_customer", {"store_id": "tenancy_store"}),
    *is_kept(
        "customers_customer",
        *("first_name", "last_name", "email", "phone", "birth_date", "preferred_language", "tags"),
        person="{row}.id",
    ),
]
