"""What is wanted elsewhere in a version, and what comes of it."""

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.queue.models import Leased


class Platform(models.TextChoices):
    APPLE = "apple", "Apple Wallet"
    GOOGLE = "google", "Google Wallet"


class PassState(models.TextChoices):
    """What the holder did with it; void is what the merchant did."""

    ACTIVE = "active", _("made")
    SAVED = "saved", _("in the wallet")
    REMOVED = "removed", _("taken out of the wallet")
    VOID = "void", _("no longer valid")


def new_serial_number() -> str:
    return uuid.uuid4().hex


def new_auth_token() -> str:
    return secrets.token_hex(32)


def this_second() -> datetime:
    """Last-Modified has whole seconds."""
    return timezone.now().replace(microsecond=0)


class Synced(Leased):
    """Something that is wanted in a version elsewhere: the row is the queue.

    `wanted_version` grows with every change; a worker takes rows with wanted > synced whose time has come, leases
    them, talks to the wallet without a transaction, and notes the version it had read.

    `left_out` are the parts without which it was accepted, each with the words that refused it; `left_out_at` is when
    that was, null once everything is to be tried again.
    """

    wanted_version = models.PositiveIntegerField(_("wanted"), default=1)
    synced_version = models.PositiveIntegerField(_("synced"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    left_out = models.JSONField(_("refused and left out"), default=dict, editable=False)
    left_out_at = models.DateTimeField(null=True, editable=False)

    LAGGING = Q(wanted_version__gt=F("synced_version"))

    class Meta:
        abstract = True

    @property
    def is_lagging(self) -> bool:
        return self.wanted_version > self.synced_version
