"""IdempotencyKey: what a till sent with a call, and the answer it got."""

from django.db import models

from groundwork.idempotency.models import AbstractIdempotencyKey


class IdempotencyKey(AbstractIdempotencyKey):
    """One key of one credential at one store."""

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey("tenancy.Store", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(AbstractIdempotencyKey.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["store", "credential", "key"], name="one_answer_per_idempotency_key"
            ),
        ]
