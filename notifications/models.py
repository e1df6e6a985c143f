"""EmailTemplate: the words of an e-mail. EmailLog: one e-mail to one person; the table is the queue.

AddressProblem: an address that does not work, as far as we know. AccountEmail: one e-mail about somebody's account.
TextMessage: one text message to a person's phone.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from groundwork.queue.models import Leased
from notifications.codes import Code
from tenancy import scope
from tenancy.models.base import TenantOwned


class TemplateManager(models.Manager):
    """The platform's texts, and those of the open scope."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(Q(merchant__isnull=True) | Q(scope.InScope()))


class EmailTemplate(TimeStamped):
    """Subject and body of an e-mail in every language, in Liquid. Without a store: the platform's own.

    What is left empty is taken from the next language, and then from the platform's text, field by field.
    """

    merchant_path: ClassVar[str] = "merchant_id"

    code = models.CharField(_("e-mail"), max_length=40, choices=Code.choices)
    merchant = models.ForeignKey(
        "tenancy.Merchant",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merchant"),
    )
    store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("store"),
        help_text=_("Leave empty for the text of the whole platform."),
    )
    subject = models.CharField(_("subject"), max_length=400, blank=True)
    body = models.TextField(_("text"), blank=True, max_length=10_000)
    shipped = models.JSONField(
        default=dict, editable=False, help_text="Field -> hash of the text that came with the software."
    )

    objects = TemplateManager()

    class Meta:
        verbose_name = _("e-mail text")
        verbose_name_plural = _("e-mail texts")
        ordering = ["code", "store_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(store__isnull=True),
                name="one_platform_text_per_code",
                violation_error_message=_("The platform has a text for this e-mail already."),
            ),
            models.UniqueConstraint(
                fields=["code", "store"],
                condition=Q(store__isnull=False),
                name="one_text_per_code_and_store",
                violation_error_message=_("This store has its own text for this e-mail already."),
            ),
            models.CheckConstraint(condition=Q(code__in=Code.values), name="text_code_is_known"),
            models.CheckConstraint(
                condition=Q(store__isnull=True, merchant__isnull=True)
                | Q(store__isnull=False, merchant__isnull=False),
                name="a_text_is_a_stores_or_the_platforms",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())

    def save(self, *args: object, **kwargs: object) -> None:
        self.merchant_id = self.store.merchant_id if self.store else None
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    def words(self, field: str, language: str) -> str:
        """Subject or body exactly as written in one language; empty if it is not."""
        return getattr(self, f"{field}_{language}") or ""


class Status(models.TextChoices):
    """Where an e-mail is on its way."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    SUPPRESSED = "suppressed", _("not sent")


class Fault(models.TextChoices):
    """What kept an e-mail from going out."""

    UNREACHABLE = "unreachable", _("mail server not reachable")
    INTERRUPTED = "interrupted", _("connection lost while sending")
    DEFERRED = "deferred", _("refused for now")
    REFUSED = "refused", _("refused")
    BAD_ADDRESS = "bad_address", _("address is not valid")
    TEXT = "text", _("text cannot be used")
    ACCIDENT = "accident", _("error while preparing")


class EmailLog(Leased, TenantOwned):
    """One e-mail to one person, from the moment it was enqueued.

    `next_attempt_at` is when a worker may take the row up: at once while it waits, never if it is null; and while
    somebody is sending it, not before the lease has run out.
    """

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("merchant"),
    )
    store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("store"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("customer"),
    )
    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("card"),
    )
    code = models.CharField(_("e-mail"), max_length=40, choices=Code.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    to = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    context = models.JSONField(_("what it is about"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    fault = models.CharField(_("fault"), max_length=12, choices=Fault.choices, blank=True)
    error = models.TextField(_("reason"), blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dedup_key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(next_attempt_at__isnull=False), name="email_due"
            ),
            models.Index(fields=["merchant", "-id"], name="email_of_merchant"),
            models.Index(fields=["customer", "-id"], name="email_of_customer"),
            models.Index(fields=["merchant"], condition=Q(status="failed"), name="email_failed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="email_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["queued", "sending"]) | Q(next_attempt_at__isnull=False),
                name="a_queued_email_has_its_next_attempt",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent", "suppressed"]) | Q(next_attempt_at__isnull=True),
                name="a_settled_email_is_not_tried_again",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_code_display()}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)


class AddressProblem(TenantOwned):
    """A customer's address to which e-mails have failed: `failures` in a row; `broken_since` once it counts.

    It is about `address`, so a customer who gets another one has no problem any more.
    """

    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("address"), max_length=254)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    reason = models.TextField(_("reason"), blank=True)
    broken_since = models.DateTimeField(_("does not work since"), null=True, blank=True)

    class Meta:
        verbose_name = _("address problem")
        verbose_name_plural = _("address problems")

    def __str__(self) -> str:
        return str(self.customer_id)


class AccountEmail(Leased, TimeStamped):
    """One e-mail about an account, from the moment it was asked for: ids only, no address, no words, no link.

    `about_id` is the row that its `kind` writes about (`notifications.account_kinds.KINDS`).
    """

    kind = models.CharField(_("kind"), max_length=40)
    about_id = models.PositiveBigIntegerField()
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    fault = models.CharField(_("fault"), max_length=12, choices=Fault.choices, blank=True)
    dedup_key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("account e-mail")
        verbose_name_plural = _("account e-mails")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status__in=["queued", "sending"]),
                name="account_email_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="account_email_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class TextKind(models.TextChoices):
    """What a text message is for."""

    CONFIRM_PHONE = "confirm_phone", _("Confirm a new number")
    CARD_LINK = "card_link", _("Link to the card")
    ERASURE = "erasure", _("Confirm erasure")


class TextMessage(Leased, TenantOwned):
    """One text message to the person of a card, from the moment it was asked for: no number, no words, no code."""

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+", verbose_name=_("card")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TextKind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    fault = models.CharField(_("fault"), max_length=12, choices=Fault.choices, blank=True)
    dedup_key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status__in=["queued", "sending"]),
                name="text_message_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="text_message_status_is_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=TextKind.values), name="text_message_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_kind_display()}"
