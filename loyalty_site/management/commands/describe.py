"""`manage.py describe`: write the pages of docs/ that are made from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from loyalty_site import description


class Command(BaseCommand):
    help = "Write docs/wiring.md, docs/models.md and docs/events.md from the wiring, the schedule, models and events."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path, text in description.pages().items():
            path.write_text(text)
            self.stdout.write(path.name)
