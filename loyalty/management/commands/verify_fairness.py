"""manage.py verify_fairness: whether everybody got what they were promised; exit code 1 if not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from loyalty.reporting import fairness
from tenancy import scope


class Command(BaseCommand):
    help = "Verify receipts, returns, terms, expiries and figures of all merchants; name each promise that was broken."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        with scope.everything("every ledger is verified"):
            for violation in fairness.verify(now=timezone.now()):
                found += 1
                self.stdout.write(str(violation))
        if found:
            self.stderr.write(f"{found} promises were broken.")
            sys.exit(1)
        self.stdout.write("Everybody got what they were promised.")
