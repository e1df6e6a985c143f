"""User: a person who signs in, by e-mail. StoreUser: their membership of a store, with a role."""

from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from groundwork.formats.email import normalize_email
from groundwork.models import LIVING, SoftDeletable, SoftManager, TimeStamped
from tenancy import scope
from tenancy.models.base import TenantSoftDeletable
from tenancy.models.merchant import Merchant
from tenancy.roles import Role, opens_console


class UserManager(SoftManager, BaseUserManager):
    """Makes users; e-mail addresses are kept in lower case."""

    normalize_email = staticmethod(normalize_email)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who signs in with this e-mail. Raises ValueError without one."""
        if not normalize_email(email):
            raise ValueError("A user needs an e-mail address.")
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an operator of the platform."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalize_email(username))  # type: ignore[return-value]


class User(SoftDeletable, AbstractBaseUser, PermissionsMixin, TimeStamped):
    """A person who signs in. An operator (`is_superuser`) passes every role check."""

    email = models.EmailField(_("e-mail"))
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    preferred_language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Every session is signed over it: another number ends them all at once, wherever they are kept.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=LIVING,
                name="user_email_is_unique",
                violation_error_message=_("Somebody signs in with this e-mail already."),
            ),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalize_email(self.email)
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        signed = f"{self.password}:{self.session_epoch}"
        return salted_hmac("tenancy.session", signed, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email.split("@")[0]

    @cached_property
    def _memberships(self) -> list["StoreUser"]:
        with scope.everything("a user's own memberships decide the scope"):
            rows = StoreUser.objects.filter(user=self, is_active=True, store__deleted_at__isnull=True)
            found = list(rows.select_related("store", "merchant"))
        for row in found:
            row.store.merchant = row.merchant  # a store's people are of its merchant
        return found

    def memberships(self) -> list["StoreUser"]:
        """This user's living, active memberships, with store and merchant; read once per instance."""
        return self._memberships if self.pk and self.is_active else []

    @property
    def tzinfo(self) -> ZoneInfo:
        """The clock this person reads: their merchant's; operators and people of several read the usual one.

        So do the people of a merchant whose time zone this machine does not know, who mend it in their console: no
        form takes such a one, but a database may come from a machine with another list of them.
        """
        zones = {row.merchant.timezone for row in self.memberships()}
        with suppress(ZoneInfoNotFoundError, ValueError):
            if len(zones) == 1:
                return ZoneInfo(zones.pop())
        return ZoneInfo(Merchant._meta.get_field("timezone").default)

    @property
    def is_staff(self) -> bool:
        """Whether the console opens for this user, as Django's admin asks."""
        return opens_console(self)


class StoreUser(TenantSoftDeletable):
    """A person's membership of a store. An owner row at any store makes an owner of the whole merchant."""

    deleted_with = ("store", "user")

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="store_users", verbose_name=_("user")
    )
    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="store_users", verbose_name=_("store")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STAFF)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("store user")
        verbose_name_plural = _("store users")
        ordering = ["store_id", "user_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "store"],
                condition=LIVING,
                name="one_membership_per_user_and_store",
                violation_error_message=_("This person is a member of this store already."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="store_user_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)
