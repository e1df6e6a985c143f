"""Invitation: what a merchant offers to whoever reads the mail of an address. InvitedStore: one store of it."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from groundwork.formats.email import normalize_email
from tenancy.models.base import TenantOwned
from tenancy.models.merchant import Store
from tenancy.roles import Role


class Invitation(TenantOwned):
    """A role at stores, for an address. Nothing here says whether that address has an account."""

    LIFE = timedelta(hours=72)

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STAFF)
    invited_by = models.ForeignKey(
        "tenancy.User",
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("invited by"),
    )
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    accepted_by = models.ForeignKey(
        "tenancy.User",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    revoked_at = models.DateTimeField(_("taken back"), null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_merchant_and_email",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))), name="invitation_email_is_lower_case"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="an_invitation_is_accepted_or_taken_back",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_accepted_invitation_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalize_email(self.email)
        super().save(*args, **kwargs)

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        """None: whom a merchant invites is its owners' matter."""
        return Q(pk__in=())

    @property
    def is_open(self) -> bool:
        """Whether nobody has accepted it or taken it back; its time may have run out."""
        return self.accepted_at is None and self.revoked_at is None

    def living_stores(self) -> list[Store]:
        """The stores of it that are still there, in the order of their ids."""
        places = self.places.select_related("store").order_by("store_id")
        return [place.store for place in places if not place.store.is_deleted]


class InvitedStore(TenantOwned):
    """A store that an invitation is for."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="places")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))

    class Meta:
        verbose_name = _("store of an invitation")
        verbose_name_plural = _("stores of invitations")
        constraints = [
            models.UniqueConstraint(fields=["invitation", "store"], name="a_store_is_once_in_an_invitation"),
        ]

    def __str__(self) -> str:
        return str(self.store_id)

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(pk__in=())
