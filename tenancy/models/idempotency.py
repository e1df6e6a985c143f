"""IdempotencyKey: the first answer to a call of the till, kept so that a repeat gets it again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped


class IdempotencyKey(TimeStamped):
    """One key of one credential at one store. The row is written in the transaction of the call itself."""

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey("tenancy.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    credential = models.CharField(_("credential"), max_length=40)
    key = models.CharField(_("key"), max_length=128)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = models.JSONField(_("body"), null=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "credential", "key"], name="one_answer_per_idempotency_key"
            ),
        ]

    def __str__(self) -> str:
        return self.key
