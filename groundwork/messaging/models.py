"""The outbox's table: an announced event, waiting for one subscriber. The table is the queue."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from groundwork.queue.models import Queued


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    DEAD = "dead", _("dead")


class AbstractOutboxMessage(Queued, TimeStamped):
    """One row per (event, subscriber), written in the transaction that caused the event.

    The concrete table (settings.OUTBOX_MESSAGE_MODEL) adds whose it is.
    """

    event = models.CharField(_("event"), max_length=60)
    subscriber = models.CharField(_("subscriber"), max_length=120)
    payload = models.JSONField(_("payload"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING
    )
    # The name of the request that announced it, for the log and the trace of its handler.
    request_id = models.CharField(_("request"), max_length=128, blank=True, default="", db_default="")
    last_error = models.TextField(_("last error"), blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(state="waiting"), name="outbox_due"),
            models.Index(fields=["settled_at"], condition=Q(state="done"), name="outbox_settled"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OutboxState.values), name="outbox_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} -> {self.subscriber}"

    @classmethod
    def whose(cls, event: Any) -> dict[str, Any]:
        """The columns by which a concrete table knows whose an event is."""
        return {}

    def of_the_same(self) -> Q:
        """Messages about what happens at the same one, among which there is an order."""
        return Q()

    @classmethod
    def kept_in(cls) -> type["AbstractSettledMessage"]:
        """The table to which it moves when it is settled."""
        raise NotImplementedError

    def scope(self) -> AbstractContextManager[None]:
        """What is opened around its handler."""
        return nullcontext()


class AbstractSettledMessage(models.Model):
    """A message that was delivered, for a week. One partition of the table is a day (`groundwork.messaging.settled`).

    No index and no key to other tables: nobody waits while one is written or a day is dropped.
    """

    id = models.BigIntegerField(primary_key=True)  # the message's; the database holds no key over all days
    event = models.CharField(_("event"), max_length=60)
    subscriber = models.CharField(_("subscriber"), max_length=120)
    payload = models.JSONField(_("payload"))
    request_id = models.CharField(_("request"), max_length=128)
    attempts = models.PositiveSmallIntegerField(_("attempts"))
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"))

    class Meta:
        abstract = True
        verbose_name = _("settled message")
        verbose_name_plural = _("settled messages")
        ordering = ["settled_at", "id"]

    def __str__(self) -> str:
        return f"{self.event} -> {self.subscriber}"
