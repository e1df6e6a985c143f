"""manage.py queues: how far behind each queue is, a line for each."""

from typing import Any

from django.core.management.base import BaseCommand

from groundwork.messaging.monitoring import queues


class Command(BaseCommand):
    help = "Say of each queue how many rows wait, how late the first of them is, and how many were given up."

    def handle(self, *args: Any, **options: Any) -> None:
        for queue in queues:
            words = "{waiting} waiting, {late_seconds:.1f} s late, {dead} given up".format(**queue.lag())
            self.stdout.write(f"{queue.name}: {words}")
