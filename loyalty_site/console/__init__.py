"""The console's composition: the order of its menu; the overview and the sign-in page are beside this file."""

from django.utils.translation import gettext_lazy as _

# (group, models); an entry is shown to whom its page works for.
MENU = [
    (
        _("Customers"),
        [
            "loyalty.LoyaltyCard",
            "loyalty.CardBatch",
            "customers.Customer",
            "loyalty.Purchase",
            "loyalty.LoyaltyTransaction",
            "loyalty.UndoBatch",
            "loyalty.Observation",
            "loyalty.ImportBatch",
            "tenancy.BackgroundJob",
        ],
    ),
    (
        _("Program"),
        [
            "loyalty.LoyaltyProgram",
            "loyalty.Promotion",
            "loyalty.MerchantLoyaltySettings",
            "notifications.EmailTemplate",
        ],
    ),
    (
        _("Stores and people"),
        [
            "tenancy.Merchant",
            "tenancy.Store",
            "tenancy.StoreUser",
            "tenancy.Invitation",
            "loyalty.StaffPin",
            "tenancy.Till",
            "tenancy.ApiKey",
            "tenancy.User",
            "tenancy.HistoryEntry",
        ],
    ),
    (
        _("Sent"),
        [
            "notifications.EmailLog",
            "wallet.WalletPass",
            "wallet.PassDesign",
            "wallet.AppleDeviceRegistration",
            "webhooks.Endpoint",
            "webhooks.Delivery",
        ],
    ),
    (_("Platform"), ["tenancy.OutboxMessage"]),
    (
        _("Schedule"),
        [
            "django_celery_beat.PeriodicTask",
            "django_celery_beat.CrontabSchedule",
            "django_celery_beat.IntervalSchedule",
            "django_celery_beat.ClockedSchedule",
            "django_celery_beat.SolarSchedule",
        ],
    ),
]
