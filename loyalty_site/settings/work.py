"""Who waits behind whom: Celery's queues, and which task goes into which.

Each outside party has a queue of its own, so that one that hangs holds up nobody but itself; so have the relay of the
outbox, and long jobs. What has no place here is work on our own database, and goes into `celery`.
"""

from kombu import Queue

__all__ = ["CELERY_TASK_QUEUES", "CELERY_TASK_ROUTES"]
DEFAULT = "celery"
OF_QUEUE = {
    "relay": ["groundwork.relay_outbox"],
    "mail": [
        "loyalty.send_notification_email",
        "notifications.sweep_email_log",
        "notifications.send_account_emails",
    ],
    "sms": ["notifications.send_text_messages"],
    "apple": ["wallet.sync_apple"],
    "google": ["wallet.sync_google"],
    "webhooks": ["webhooks.deliver"],
    "jobs": ["groundwork.run_jobs"],
    "keeping": ["loyalty_site.back_up", "loyalty_site.drill"],
}
CELERY_TASK_QUEUES = [Queue(name) for name in (DEFAULT, *OF_QUEUE)]
CELERY_TASK_ROUTES = {task: {"queue": name} for name, tasks in OF_QUEUE.items() for task in tasks}
