"""Customer: a person known to a merchant, first met at a store."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.utils.translation import gettext_lazy as _

from groundwork.database.text_search import Plain
from groundwork.formats.email import normalize_email
from groundwork.models import LIVING
from tenancy.models.base import TenantSoftDeletable

# Stands where a birthday is known without its year: nobody who lives was born then, and it had a 29 February.
YEAR_UNKNOWN = 1904
MOST_TAGS = 20
LONGEST_TAG = 40


class InYear(Func):
    """Where a birthday stands in the year, by month and day: 1231 is the last; 9999 where none is known."""

    template = (
        "COALESCE(CAST(EXTRACT(MONTH FROM %(expressions)s) * 100"
        " + EXTRACT(DAY FROM %(expressions)s) AS integer), 9999)"
    )
    output_field = models.IntegerField()


class Customer(TenantSoftDeletable):
    """A person, of whom nothing need be known. An e-mail address or a phone is one living customer's of a merchant."""

    deleted_with = ("merchant",)

    store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("first met at"),
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - unknown is not unique
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True, editable=False)
    pending_email = models.EmailField(_("e-mail to be confirmed"), null=True, blank=True, editable=False)  # noqa: DJ001 - as above
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    phone_confirmed_at = models.DateTimeField(_("phone confirmed"), null=True, blank=True, editable=False)
    pending_phone = models.CharField(_("phone to be confirmed"), max_length=16, blank=True, editable=False)
    phone_code_at = models.DateTimeField(null=True, blank=True, editable=False)  # when it was asked for
    phone_code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    birth_date = models.DateField(_("birthday"), null=True, blank=True)
    preferred_language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    marketing_consent = models.BooleanField(_("wants offers by e-mail"), default=False)
    marketing_consent_at = models.DateTimeField(_("consent since"), null=True, blank=True, editable=False)
    agreements = models.JSONField(_("agreed to"), default=list, blank=True, editable=False)
    tags = ArrayField(
        models.CharField(max_length=LONGEST_TAG),
        verbose_name=_("tags"),
        default=list,
        db_default=[],
        blank=True,
        size=MOST_TAGS,
    )
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    search_text = models.GeneratedField(
        expression=Plain(
            Concat(
                Value(" "),  # so that the beginning of a word can be looked for everywhere alike
                F("first_name"),
                Value(" "),
                F("last_name"),
                Value(" "),
                F("email"),
                Value(" "),
                F("phone"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-id"]
        indexes = [
            # Who may be known twice is gathered from this alone (customers.selectors).
            models.Index(
                "merchant",
                "birth_date",
                Upper("last_name"),
                Upper("first_name"),
                "last_name",
                "first_name",
                condition=LIVING & Q(birth_date__isnull=False) & ~Q(last_name=""),
                name="customer_name_and_birthday",
            ),
            models.Index(
                fields=["merchant", "-id"],
                condition=Q(marketing_consent=True),
                name="customer_who_wants_offers",
            ),
            models.Index(fields=["merchant", "-id"], condition=~Q(tags=[]), name="customer_with_tags"),
            # By which the list is sorted (customers.console), and among equals by whose it is.
            models.Index(fields=["merchant", "last_name", "id"], name="customers_by_name"),
            models.Index(fields=["merchant", "preferred_language", "id"], name="customers_in_each_language"),
            models.Index(fields=["merchant", "marketing_consent", "id"], name="customers_by_consent"),
            models.Index(fields=["merchant", "created_at"], name="customers_by_enrolment"),
            models.Index("merchant", InYear("birth_date"), "id", name="customers_by_birthday"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=LIVING,
                name="one_living_customer_per_email",
                violation_error_message=_("There is a customer with this e-mail already."),
            ),
            models.UniqueConstraint(
                fields=["merchant", "phone"],
                condition=LIVING & ~Q(phone=""),
                name="one_living_customer_per_phone",
                violation_error_message=_("There is a customer with this phone number already."),
            ),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="customer_email_is_lower_case"),
            models.CheckConstraint(condition=~Q(email=""), name="customer_email_is_null_not_empty"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__startswith="+"), name="customer_phone_is_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or "-"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalize_email(self.email) or None
        super().save(*args, **kwargs)

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    @property
    def name(self) -> str:
        """First and last name, as far as known."""
        return f"{self.first_name} {self.last_name}".strip()
