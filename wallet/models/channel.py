"""What all share about one wallet: its channel, its tags, and the callbacks that have come."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from wallet.models.synced import Platform, new_serial_number


class WalletChannel(TimeStamped):
    """What all share about one wallet: its pace, its pauses, what is wrong with it, what `services.doctor` found."""

    platform = models.CharField(max_length=10, choices=Platform.choices, primary_key=True)
    next_slot_at = models.DateTimeField(default=timezone.now)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    fault = models.TextField(blank=True)
    wake_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    examined_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")

    def __str__(self) -> str:
        return self.get_platform_display()


class UpdateTag(models.Model):
    """The one row that hands out update tags: whoever holds its lock commits before the next number is given.

    `epoch` makes the tags of another database (or of this one before it was restored) foreign.
    """

    epoch = models.CharField(max_length=32, default=new_serial_number)
    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("update tag")
        verbose_name_plural = _("update tags")

    def __str__(self) -> str:
        return f"{self.epoch}.{self.value}"


class GoogleNonce(models.Model):
    """A callback counts once: its nonce, kept until the message would have expired anyway."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")

    def __str__(self) -> str:
        return self.digest[:8]
