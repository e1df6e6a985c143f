"""What the database holds about the texts of e-mails, and about text messages."""

from tenancy.triggers import same_merchant

RULES = same_merchant("notifications_emailtemplate", {"store_id": "tenancy_store"}) + same_merchant(
    "notifications_textmessage", {"card_id": "loyalty_loyaltycard"}
)
