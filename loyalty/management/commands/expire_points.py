"""manage.py expire_points: expire and warn by hand, at once whatever the hour."""

import json
import sys
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from loyalty.services import expiry
from tenancy.models import Merchant


class Command(BaseCommand):
    help = "Expire the points of inactive cards, and warn those that are near it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--merchant", metavar="SLUG", help="only this merchant")
        parser.add_argument(
            "--now", metavar="ISO", help="another time than now, for example 2027-01-31T03:00:00+01:00"
        )
        parser.add_argument("--json", action="store_true", help="print the summary for a machine")

    def handle(self, *args: Any, **options: Any) -> None:
        which: dict[str, Any] = {
            "now": self._now(options["now"]),
            "merchant": self._merchant(options["merchant"]),
        }
        started = time.monotonic()
        if options["dry_run"]:
            summary = expiry.expire(**which, dry_run=True)
        else:
            with self._bar(which) as bar:
                summary = expiry.expire(**which, progress=bar.update)
        summary.seconds = round(time.monotonic() - started, 1)
        self.stdout.write(json.dumps(summary.as_dict()) if options["json"] else str(summary))

    def _bar(self, which: dict[str, Any]) -> tqdm:
        """Progress for a person at a screen; it counts first, to know the end."""
        if not sys.stderr.isatty():
            return tqdm(disable=True)
        expected = expiry.expire(**which, dry_run=True)
        return tqdm(unit="cards", total=expected.cards_processed + expected.warnings_sent)

    def _merchant(self, slug: str | None) -> Merchant | None:
        if not slug:
            return None
        merchant = Merchant.objects.filter(slug=slug).first()
        if merchant is None:
            raise CommandError(f"There is no merchant {slug!r}.")
        return merchant

    def _now(self, text: str | None) -> datetime:
        if not text:
            return timezone.now()
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise CommandError("--now takes a date and time, for example 2027-01-31T03:00:00+01:00.")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
