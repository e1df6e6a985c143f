"""EmailChange: an account's way from one address to another."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped


class EmailChange(TimeStamped):
    """A person asks to sign in with another address, which counts once it has been confirmed there.

    The old one is kept for a while, to be told of it. Of those that wait only a person's newest one counts.
    """

    LIFE = timedelta(hours=24)
    KEEP = timedelta(days=30)

    user = models.ForeignKey("tenancy.User", on_delete=models.CASCADE, related_name="+")
    old_email = models.EmailField(_("old e-mail"))
    new_email = models.EmailField(_("new e-mail"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("change of e-mail")
        verbose_name_plural = _("changes of e-mail")
        constraints = [
            models.CheckConstraint(
                condition=Q(new_email=Lower(F("new_email"))), name="new_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
