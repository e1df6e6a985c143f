"""The columns of a table that is a queue. Every time in them is the database's."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Queued(models.Model):
    """A row that waits for a worker, until `next_attempt_at` at the earliest.

    `attempts` counts those that have failed or, where the queue says so, those that were begun.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())

    class Meta:
        abstract = True


class Leased(Queued):
    """A row that a worker may have for a while, without a transaction that is open as long.

    `lease` tells who has it from whoever had it before; `leased_until` is when others may take it up. Both are null
    while nobody has it.
    """

    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
