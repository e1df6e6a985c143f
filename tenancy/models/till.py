"""Till: a device on a counter, enrolled once with a code that somebody made in the console."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import Revocable


class Till(Revocable):
    """What a device carries as a cookie (256 random bits) and what it is enrolled with are kept as hashes only.

    So is what the second screen carries that is paired with it (`tenancy.displays`).
    """

    CODE_LIFE = timedelta(minutes=15)

    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="tills", verbose_name=_("store")
    )
    name = models.CharField(_("name"), max_length=60)
    token_hash = models.CharField(  # noqa: DJ001 - unique where there is one
        max_length=64, null=True, unique=True, editable=False
    )
    code_hash = models.CharField(  # noqa: DJ001 - unique where there is one
        max_length=64, null=True, unique=True, editable=False
    )
    code_expires_at = models.DateTimeField(_("code valid until"), null=True, editable=False)
    enrolled_at = models.DateTimeField(_("enrolled"), null=True, editable=False)
    display_hash = models.CharField(  # noqa: DJ001 - unique where there is one
        max_length=64, null=True, unique=True, editable=False
    )
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    app_version = models.CharField(_("version"), max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"],
                condition=Q(revoked_at__isnull=True),
                name="one_till_per_name_and_store",
                violation_error_message=_("A till of this store has this name already."),
            ),
            models.CheckConstraint(
                condition=Q(code_hash__isnull=True, code_expires_at__isnull=True)
                | Q(code_hash__isnull=False, code_expires_at__isnull=False),
                name="a_till_code_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(token_hash__isnull=True, enrolled_at__isnull=True)
                | Q(token_hash__isnull=False, enrolled_at__isnull=False),
                name="an_enrolled_till_has_a_token",
            ),
            models.CheckConstraint(
                condition=Q(code_hash__isnull=True) | Q(token_hash__isnull=True, revoked_at__isnull=True),
                name="a_till_code_is_for_a_till_without_device",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)
