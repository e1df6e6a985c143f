"""manage.py verify_ledger: recompute every card from the ledger; exit code 1 if any differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from loyalty.reporting import verification


class Command(BaseCommand):
    help = "Recompute the balances and counters of every card from the ledger alone; name each card that differs."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = set()
        with tqdm(total=verification.card_ids(), unit="cards", disable=not sys.stderr.isatty()) as bar:
            for difference in verification.differences(progress=bar.update):
                wrong.add(difference.card_id)
                self.stdout.write(str(difference))
        if wrong:
            self.stderr.write(f"{len(wrong)} cards differ from the ledger.")
            sys.exit(1)
        self.stdout.write("The ledger and all cards agree.")
