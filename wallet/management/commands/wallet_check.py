"""manage.py wallet_check: whether certificates, keys and ids fit together, and until when they hold."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenancy import scope
from tenancy.models import User
from wallet import config, health, set_up
from wallet.apple import certificate
from wallet.config import AppleConfig, GoogleConfig
from wallet.google.client import GoogleClient
from wallet.models import Platform
from wallet.services import doctor
from wallet.set_up import Finding


class Command(BaseCommand):
    help = "Tell whether the configured certificates, keys and ids fit together, and when they expire."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--online",
            action="store_true",
            help="Also be the pass doctor: build a pass and verify it, fetch it as a phone would, and ask Google.",
        )
        parser.add_argument(
            "--send-to", metavar="EMAIL", help="The person of this site who is sent a test pass."
        )

    def handle(self, *, online: bool = False, send_to: str | None = None, **options: Any) -> None:
        now = timezone.now()
        if send_to:
            self._send_test_pass(send_to)
        self._apple(config.apple_reading(), now)
        self._google(config.google_reading(), online=online)
        self.stdout.write(f"Public address: {settings.PUBLIC_BASE_URL}")
        findings = set_up.findings()
        with scope.everything("the command looks at all passes"):
            findings += [*health.refusals(), *health.refused_designs()]
            if online:
                findings += self._examine()
            behind = [health.lag_text(platform, count) for platform, count in health.lagging().items()]
        for finding in findings:
            style = self.style.ERROR if finding.problem.is_error else self.style.WARNING
            self.stdout.write(style(f"{finding.problem.level.upper()}: {finding}"))
        for text in behind:
            self.stdout.write(self.style.WARNING(f"WARNING: {text}"))
        if any(finding.problem.is_error for finding in findings):
            raise CommandError("Something is wrong. docs/wallets.md says what to do.")
        if not (findings or behind):
            self.stdout.write(self.style.SUCCESS("Nothing is wrong."))

    def _apple(self, reading: config.Reading, now: datetime) -> None:
        if not isinstance(reading.config, AppleConfig):
            self.stdout.write("Apple Wallet: off" + (" (not set up)" if not reading.problems else ""))
            return
        apple = reading.config
        ends = certificate.ends_at(apple.signer)
        state = "on" if config.apple() else "off"
        self.stdout.write(f"Apple Wallet: {state}")
        self.stdout.write(f"  pass type {apple.pass_type_id}, team {apple.team_id}")
        self.stdout.write(f"  certificate {apple.signer.certificate.subject.rfc4514_string()}")
        self.stdout.write(f"  issued by {apple.signer.intermediate.subject.rfc4514_string()}")
        self.stdout.write(f"  holds until {ends:%Y-%m-%d} ({(ends - now).days} days)")
        self.stdout.write(f"  pushes to {apple.push_url}")

    def _google(self, reading: config.Reading, *, online: bool) -> None:
        if not isinstance(reading.config, GoogleConfig):
            self.stdout.write("Google Wallet: off" + (" (not set up)" if not reading.problems else ""))
            return
        google = reading.config
        self.stdout.write("Google Wallet: on")
        self.stdout.write(f"  issuer {google.issuer_id}, account {google.email}")
        self.stdout.write(f"  speaks to {google.api_url}")
        if online:
            client = GoogleClient(google)
            trouble = client.sign_in()
            self.stdout.write(f"  sign-in: {'works' if trouble is None else trouble.reason}")
            if trouble is None:
                with scope.everything("the command looks at all classes"):
                    for merchant, status, _is_good in doctor.reviews(client):
                        self.stdout.write(f"  class of {merchant}: {status}")

    def _examine(self) -> list[Finding]:
        """What the doctor finds of both wallets now."""
        return [
            Finding(str(platform.label), symptom.problem)
            for platform in Platform
            for symptom in doctor.examine(platform)
        ]

    def _send_test_pass(self, email: str) -> None:
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError("Nobody signs in here with this e-mail address.")
        doctor.ask(user)
        self.stdout.write(f"A test pass is on its way to {user.email}.")
