"""The table of pulses. Every time in it is the database's."""

from django.db import models
from django.db.models.functions import Now


class AbstractPulse(models.Model):
    """When something that runs again and again last did, and since when it fails, if it does.

    `held_by` names the process that does it, where of several only one may. The concrete table is settings.PULSE_MODEL.
    """

    name = models.CharField(max_length=120, unique=True)
    beaten_at = models.DateTimeField(db_default=Now())
    failing_since = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, default="")
    held_by = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
