"""manage.py rebuild_statistics: make the roll-ups again from the ledger."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from loyalty.reporting import statistics
from tenancy import scope
from tenancy.models import Merchant


class Command(BaseCommand):
    help = "Make the daily roll-ups of all merchants (or one) again from the ledger."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--merchant", metavar="SLUG", help="only this merchant")

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = Merchant.objects.order_by("pk")
        if options["merchant"]:
            merchants = merchants.filter(slug=options["merchant"])
        rows, now = 0, timezone.now()
        for merchant in tqdm(list(merchants), unit="merchants", disable=not sys.stderr.isatty()):
            with scope.merchant(merchant):
                rows += statistics.rebuild(merchant, now=now)
        self.stdout.write(f"{rows} days of stores rolled up.")
