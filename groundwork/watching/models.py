"""The tables of pulses and tallies. Every time in them is the database's."""

from django.db import models
from django.db.models.functions import Now


class AbstractPulse(models.Model):
    """When something that runs again and again last did, and since when it fails, if it does.

    `held_by` names the process that does it, where of several only one may; `took` are the seconds of its last run. The
    concrete table is settings.PULSE_MODEL.
    """

    name = models.CharField(max_length=120, unique=True)
    beaten_at = models.DateTimeField(db_default=Now())
    failing_since = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, default="")
    held_by = models.CharField(max_length=200, default="", db_default="")
    took = models.FloatField(null=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AbstractTally(models.Model):
    """How often something came out in which way, since the site began. The concrete table is settings.TALLY_MODEL."""

    name = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    times = models.BigIntegerField()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["name", "outcome"], name="one_tally_of_each")]

    def __str__(self) -> str:
        return f"{self.name} {self.outcome}"
