"""manage.py doctor: one look at clock, workers, queues, certificates, buckets, wallets, verification and mail."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.files.storage import storages
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from groundwork.errors import StorageAway
from groundwork.watching import pulses
from loyalty.reporting import fairness
from loyalty_site import certificate, health, watch
from loyalty_site.keeping import backups
from loyalty_site.settings import backends
from tenancy import scope
from wallet import set_up

MOST_SKEW_SECONDS = 5.0
VERIFIED = ("loyalty.verify_ledger", "loyalty.verify_fairness")


class Command(BaseCommand):
    help = "Say what is wrong with the site as it runs, and fail if anything is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--mail", metavar="ADDRESS", help="send a test mail there")

    def handle(self, *args: Any, **options: Any) -> None:
        state, told = health.readiness(), list[str]()
        wrong = [f"{part} is {how}" for part, how in state.items() if how != "ok"]
        if state["database"] == "ok":  # else nothing more is to be had
            with scope.everything("an operator looks at the whole site"):
                wrong += [*watch.faults(), *self.skew(), *self.certificate()]
                wrong += [*self.wallets(), *self.verdict()]
                told = [*self.last()]
        wrong += self.buckets()
        if options["mail"]:
            self.send(options["mail"])
        for line in [*told, *(f"wrong: {fault}" for fault in wrong)]:
            self.stdout.write(line)
        if wrong:
            needs = "1 thing needs" if len(wrong) == 1 else f"{len(wrong)} things need"
            raise CommandError(f"{needs} somebody: see docs/runbook.md.")
        self.stdout.write("All is well.")

    def skew(self) -> Iterator[str]:
        """This machine's clock beside the database's."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            skew = (timezone.now() - cursor.fetchone()[0]).total_seconds()
        if abs(skew) > MOST_SKEW_SECONDS:
            yield f"the clock of {socket.gethostname()} is {skew:+.0f} s off the database's"

    def certificate(self) -> Iterator[str]:
        """That of the site's own address. It may not be reached from here, which is only told."""
        address = settings.PUBLIC_BASE_URL
        try:
            ends = certificate.ends_at(address)
        except OSError as error:
            self.stdout.write(f"The certificate of {address} cannot be seen from here: {error}")
            return
        if ends and (problem := certificate.problem(ends)):
            yield f"the certificate of {address}: {problem}"

    def buckets(self) -> Iterator[str]:
        """Those of uploads and of backups, where there are such."""
        for alias, entry in settings.STORAGES.items():
            if entry["BACKEND"] == backends.BUCKETS:
                try:
                    cast(Any, storages[alias]).try_out()
                except StorageAway as away:
                    which = "MEDIA_S3" if alias == "default" else "BACKUP_S3"
                    yield f"{which}, the bucket {entry['OPTIONS']['bucket_name']}: {away.__cause__ or away}"

    def wallets(self) -> Iterator[str]:
        """Certificates and keys, as on the console's dashboard."""
        for finding in set_up.findings():
            yield f"{finding.wallet}: {finding.problem.text}"

    def verdict(self) -> Iterator[str]:
        """What the last verification found."""
        _verified_at, found = fairness.last_verdict()
        if found:
            yield f"verify_fairness found {found} violations: they are in its log"

    def last(self) -> Iterator[str]:
        """When backup, drill and verification last ended well, whether that is long ago or not."""
        known = pulses.known()
        ages = {pulse.name: pulse.age for pulse in known} | watch.kept(known)
        if not backups.is_set_up():
            yield "No backups are made here: neither BACKUP_FOLDER nor BACKUP_S3 is set."
        for name in (*watch.kept(known), *VERIFIED):
            age = ages.get(name)
            yield f"{name}: {f'{age // timedelta(minutes=1)} minutes ago' if age else 'never'}"

    def send(self, address: str) -> None:
        """A test mail, straight through the mail server. Raises CommandError with what it said."""
        try:
            send_mail("Test", "This is a test mail of the loyalty site.", None, [address])
        except OSError as error:  # smtplib's errors are such
            raise CommandError(f"The mail server did not take it: {error}") from None
        self.stdout.write("The mail server took the test mail.")
