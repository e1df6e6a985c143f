"""What the database holds about the texts of e-mails."""

from tenancy.triggers import same_merchant

RULES = same_merchant("notifications_emailtemplate", {"store_id": "tenancy_store"})
