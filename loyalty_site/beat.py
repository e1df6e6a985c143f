"""The clock: django-celery-beat's database scheduler, made to respect what operators changed."""

from collections.abc import Mapping
from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from groundwork.watching import pulses

PULSE = "beat"


class Scheduler(DatabaseScheduler):
    """Adds the jobs of `loyalty_site.celery` that the database lacks, and leaves the others as they are there."""

    def update_from_dict(self, mapping: Mapping[str, Any]) -> None:
        known = set(self.Model.objects.filter(name__in=list(mapping)).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, and show that the clock lives; returns the seconds until the next look."""
        pulses.beat(PULSE)
        return super().tick(*args, **kwargs)
