"""The webhooks' tasks, in a queue of their own: whoever does not answer keeps no mail and no pass waiting."""

from celery import shared_task
from django.utils import timezone

from tenancy import former, scope
from webhooks.services import delivery, endpoints, log
from webhooks.services.endpoints import DELIVER_TASK


@shared_task(name=DELIVER_TASK, soft_time_limit=120, time_limit=150)
def deliver() -> int:
    """Tell endpoints what has happened, and send what is due; every few seconds, as the till rings for nobody."""
    return delivery.run()


@shared_task(name="webhooks.clean", soft_time_limit=1800, time_limit=1860)
def clean() -> int:
    """Forget events of more than 30 days ago, with what they were made of, and bring secrets under the present key."""
    with scope.everything("secrets of all merchants are sealed by one key"):
        endpoints.seal_anew()
    now = timezone.now()
    former.clean(now=now)
    return log.clean(now=now)
