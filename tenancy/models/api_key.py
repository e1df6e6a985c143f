"""ApiKey: the credential of a till's own system, bound to one store."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import Revocable
from tenancy.roles import Scope


def everyday_scopes() -> list[str]:
    """What staff do, and keys have always been able to."""
    return [scope for scope in Scope.values if scope != Scope.MANAGE]


class ApiKey(Revocable):
    """Shown once when made; only its SHA-256 is kept (the key itself has 256 random bits)."""

    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="api_keys", verbose_name=_("store")
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope.choices),
        verbose_name=_("allowed"),
        default=everyday_scopes,
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values, scopes__len__gt=0),
                name="api_key_scopes_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def has_ended(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)
