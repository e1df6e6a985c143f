"""The floor's tasks: delivering and cleaning the queues. Each is bounded, and safe to run twice or side by side."""

from celery import shared_task
from django.utils import timezone

from tenancy import idempotency, outbox


@shared_task(name="tenancy.relay_outbox", soft_time_limit=240, time_limit=300)
def relay_outbox() -> int:
    """Deliver what waits in the outbox; rung on commit, and swept each minute."""
    return outbox.relay()


@shared_task(name="tenancy.clean_outbox", soft_time_limit=600, time_limit=660)
def clean_outbox() -> int:
    """Remove messages settled a week ago."""
    return outbox.clean(now=timezone.now())


@shared_task(name="tenancy.clean_idempotency_keys", soft_time_limit=600, time_limit=660)
def clean_idempotency_keys() -> int:
    """Remove idempotency keys that nobody can repeat any more."""
    return idempotency.clean(now=timezone.now())
