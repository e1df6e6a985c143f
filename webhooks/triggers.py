"""What the database holds about endpoints, events and deliveries: all of one merchant, for ever."""

from tenancy.triggers import merchant_is_for_ever, same_merchant

RULES = [
    merchant_is_for_ever("webhooks_endpoint"),
    merchant_is_for_ever("webhooks_eventlog"),
    merchant_is_for_ever("webhooks_progress"),
    *same_merchant(
        "webhooks_event",
        {
            "customer_id": "customers_customer",
            "line_id": "loyalty_loyaltytransaction",
            "purchase_id": "loyalty_purchase",
            "purchase_return_id": "loyalty_purchasereturn",
        },
    ),
    *same_merchant("webhooks_delivery", {"endpoint_id": "webhooks_endpoint", "event_id": "webhooks_event"}),
]
