"""Merchant: a business, the tenant. Store: one of its shops."""

import re
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.formats.currencies import CURRENCIES
from groundwork.models import LIVING, LinesField, SoftDeletable, TimeStamped
from tenancy.models.base import TenantSoftDeletable

CODE_PATTERN = re.compile(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
CODE = RegexValidator(CODE_PATTERN.pattern, _("Small letters, digits and dashes."))


def is_code(text: str) -> bool:
    """Whether a text can be a code or a short name at all; the database takes offence at some others."""
    return CODE_PATTERN.match(text) is not None


def validate_timezone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(
            _("This time zone is not known, for example Europe/Luxembourg."), code="timezone"
        )


def validate_currency(code: str) -> None:
    """Refuse what is no currency of ISO 4217 that is in use."""
    if code not in CURRENCIES:
        raise ValidationError(_("This currency is not known, for example EUR."), code="currency")


class Merchant(SoftDeletable, TimeStamped):
    """A business. Everything of the tenant apps belongs to exactly one."""

    merchant_path = "pk"

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60, validators=[CODE])
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[validate_currency])
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Luxembourg", validators=[validate_timezone]
    )
    default_language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    requires_second_factor = models.BooleanField(
        _("second factor required"),
        default=False,
        help_text=_("Whoever opens the console here must have one. Tills are as before."),
    )

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=LIVING,
                name="merchant_slug_is_unique",
                violation_error_message=_("Another merchant has this short name."),
            ),
            models.CheckConstraint(
                condition=Q(currency__in=CURRENCIES), name="merchant_currency_is_iso_4217"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q()

    @property
    def initial(self) -> str:
        """The letter that stands for the merchant where there is no logo: the first one of the name, a capital."""
        return next((letter.upper()[0] for letter in self.name if letter.isalnum()), "·")

    @property
    def tzinfo(self) -> ZoneInfo:
        """The merchant's time zone."""
        return ZoneInfo(self.timezone)


class Store(TenantSoftDeletable):
    """A shop of a merchant; where cards are issued, stamped and redeemed."""

    deleted_with = ("merchant",)

    name = models.CharField(_("name"), max_length=120)
    store_code = models.SlugField(
        _("store code"),
        max_length=60,
        unique=True,
        validators=[CODE],
        help_text=_("Stands in the addresses of the till and the enrolment page."),
        error_messages={"unique": _("Another store has this code.")},
    )
    subdomain = models.SlugField(
        _("subdomain"), max_length=60, null=True, blank=True, unique=True, validators=[CODE]
    )
    address_line1 = models.CharField(_("address"), max_length=120, blank=True)
    address_line2 = models.CharField(_("address, second line"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        default="LU",
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters."))],
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    opening_hours = LinesField(
        _("opening hours"),
        max_length=500,
        blank=True,
        help_text=_("As customers are to read them, a line for each: Mo–Fr 7:00–18:30."),
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_timezone],
        help_text=_("Leave empty for the merchant's."),
    )
    default_language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(pk__in=store_ids)

    @property
    def tzinfo(self) -> ZoneInfo:
        """The store's time zone, else the merchant's."""
        return ZoneInfo(self.timezone or self.merchant.timezone)
