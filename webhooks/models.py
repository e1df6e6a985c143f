"""What happens at a merchant, told to others.

*Endpoint*: an address that is told. *Event*: what it is told, its words fixed once and for all. *Delivery*: one event
on its way to one endpoint; the table is the queue.
*EventLog*: a merchant's events are numbered one after the other. *Progress*: how far its events have been made of the
rows that they are about.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.database.fences import Fenced
from groundwork.queue.models import Leased
from groundwork.sealing import Seal
from tenancy.models.base import TenantOwned
from webhooks.addresses import LONGEST

SEALED = Seal("webhooks.endpoint")


class Reason(models.TextChoices):
    """Why an endpoint was switched off, if not by its owner."""

    GONE = "gone", _("it said that it is gone (410)")
    FAILING = "failing", _("it has failed for five days")


class Endpoint(TenantOwned):
    """An address of a merchant's that is told of events: of `types`, or of all if there are none.

    Secrets are sealed (`SEALED`). The one before is good for a day after `rotated_at`, and those before it, each with
    its end in `earlier_secrets`, for as long as they were promised to be. What happened before
    `active_since` is not sent by itself. `failing_since`: nothing has got through since then.
    """

    url = models.CharField(_("address"), max_length=LONGEST)
    description = models.CharField(_("description"), max_length=200, blank=True)
    types = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    active_since = models.DateTimeField(default=timezone.now, editable=False)
    secret = models.TextField(editable=False)
    former_secret = models.TextField(editable=False, blank=True)
    earlier_secrets = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), editable=False
    )
    rotated_at = models.DateTimeField(_("secret changed"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    switched_off = models.CharField(_("switched off"), max_length=10, choices=Reason.choices, blank=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(switched_off=""),
                name="an_active_endpoint_is_not_switched_off",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class EventLog(TenantOwned):
    """Hands out the positions of a merchant's events: whoever holds its lock commits before the next one is given."""

    merchant = models.OneToOneField("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("event log")
        verbose_name_plural = _("event logs")

    def __str__(self) -> str:
        return str(self.merchant_id)


class Progress(Fenced, TenantOwned):
    """How far a merchant's events have been made of the rows of one `source`.

    All up to `settled_id` are made (`webhooks.services.progress`).
    """

    source = models.CharField(max_length=20)
    settled_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "source"], name="one_progress_per_source"),
        ]

    def __str__(self) -> str:
        return self.source


class Event(TenantOwned):
    """Something that happened, in the words that are sent: `body` stays the same, but for what an erasure takes.

    `position` grows with each event of a merchant. It is about a line of the ledger, or a purchase or a return that
    has none, or about nothing of these; `customer` is whose data it holds.
    """

    event_id = models.CharField(_("id"), max_length=40, unique=True)
    position = models.BigIntegerField()
    type = models.CharField(_("event"), max_length=40)
    happened_at = models.DateTimeField(_("when"))
    body = models.TextField(_("what it says"))
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer"),
    )
    line = models.ForeignKey(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purchase = models.ForeignKey(
        "loyalty.Purchase", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purchase_return = models.ForeignKey(
        "loyalty.PurchaseReturn", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        indexes = [models.Index(fields=["merchant", "happened_at"], name="event_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "position"], name="one_event_per_position"),
            models.UniqueConstraint(
                fields=["line", "type"], condition=Q(line__isnull=False), name="a_line_is_told_once"
            ),
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(purchase__isnull=False), name="a_purchase_is_told_once"
            ),
            models.UniqueConstraint(
                fields=["purchase_return"],
                condition=Q(purchase_return__isnull=False),
                name="a_return_is_told_once",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id


class State(models.TextChoices):
    """Where an event is on its way to an endpoint."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed, tried again")
    DEAD = "dead", _("given up")


OPEN = (State.WAITING, State.FAILED)


class Delivery(Leased, TenantOwned):
    """One event on its way to one endpoint, once: with every attempt the same id and the same bytes."""

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("endpoint"),
    )
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("event")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempted_at = models.DateTimeField(_("last attempt"), null=True)
    response_status = models.PositiveSmallIntegerField(_("answer"), null=True)
    response_body = models.TextField(_("what it answered"), blank=True)
    trouble = models.CharField(_("reason"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"],
                condition=Q(state__in=["waiting", "failed"]),
                name="delivery_due",
            ),
            models.Index(fields=["merchant", "-id"], name="delivery_of_merchant"),
            models.Index(fields=["merchant"], condition=Q(state="dead"), name="delivery_dead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_event_and_endpoint"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
