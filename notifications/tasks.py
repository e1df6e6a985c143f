"""The app's tasks: send one e-mail, and look after those that nobody sent. Bounded, and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from notifications.services import accounts, delivery, text_messages
from notifications.services.queue import SEND_TASK, SWEEP_TASK


@shared_task(name=SEND_TASK, soft_time_limit=120, time_limit=150)
def send_notification_email(*, email_log_id: int) -> str | None:
    """Send one e-mail, if it is still waiting."""
    return delivery.deliver(email_log_id)


@shared_task(name=SWEEP_TASK, soft_time_limit=180, time_limit=240)
def sweep_email_log() -> int:
    """Send what is due and nobody has sent; on the clock each minute, and rung for after large batches."""
    return delivery.sweep()


@shared_task(name=accounts.SEND_TASK, soft_time_limit=180, time_limit=240)
def send_account_emails() -> int:
    """Send what waits about accounts; rung for with each, and swept each minute."""
    return accounts.send_due()


@shared_task(name="notifications.clean_account_emails", soft_time_limit=600, time_limit=660)
def clean_account_emails() -> int:
    """Forget what was written about accounts a week ago."""
    return accounts.clean(now=timezone.now())


@shared_task(name=text_messages.SEND_TASK, soft_time_limit=180, time_limit=240)
def send_text_messages() -> int:
    """Send the text messages that wait; rung for with each, and swept each minute."""
    return text_messages.send_due()


@shared_task(name="notifications.clean_text_messages", soft_time_limit=600, time_limit=660)
def clean_text_messages() -> int:
    """Forget which text messages were sent a week ago."""
    return text_messages.clean(now=timezone.now())
