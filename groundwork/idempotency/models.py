"""The table of idempotency keys."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped


class AbstractIdempotencyKey(TimeStamped):
    """One key and the answer it got first; written with the answer, and never changed but to forget a person.

    The concrete table (settings.IDEMPOTENCY_KEY_MODEL) adds where a key counts, and that it is unique there.
    """

    credential = models.CharField(_("credential"), max_length=40)
    key = models.CharField(_("key"), max_length=128)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    # The body as it was sent, packed by `groundwork.idempotency.packing`. 1.0.0 kept it in `body`, which ends with the
    # last of those answers.
    answer = models.BinaryField(null=True)
    body = models.JSONField(_("body"), null=True)

    class Meta:
        abstract = True
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")

    def __str__(self) -> str:
        return self.key
