"""What the database holds about the tenant itself."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

RULES = [
    merchant_is_for_ever("tenancy_store"),
    merchant_is_for_ever("tenancy_storeuser"),
    merchant_is_for_ever("tenancy_apikey"),
    merchant_is_for_ever("tenancy_historyentry"),
    *same_merchant("tenancy_storeuser", {"store_id": "tenancy_store"}),
    *same_merchant("tenancy_apikey", {"store_id": "tenancy_store"}),
    *same_merchant("tenancy_historyentry", {"store_id": "tenancy_store"}),
]
