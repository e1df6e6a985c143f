"""SavedQuestion: the filters of a list, under a name. ListColumns: which columns somebody sees of a list."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from tenancy.models.base import TenantOwned

LONGEST_QUERY = 2_000


class SavedQuestion(TenantOwned):
    """What a list (`about`, "app.model") was asked, to be asked again by whoever saved it; or by all, if it is shared.

    `query` is that of the list's address, without anything that was searched for: that may be somebody's name.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
        verbose_name=_("saved by"),
    )
    about = models.CharField(_("list"), max_length=80)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY, blank=True)
    is_shared = models.BooleanField(
        _("shared"), default=False, help_text=_("Everybody who opens this list here finds it above it.")
    )

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the constraint begins with it
        verbose_name=_("merchant"),
    )

    class Meta:
        verbose_name = _("saved question")
        verbose_name_plural = _("saved questions")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "about", "user", "name"],
                name="one_question_per_name_and_list",
                violation_error_message=_("You have a question of this name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_question_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ListColumns(TimeStamped):
    """The columns of a list (`about`, "app.model") that somebody has chosen, at whichever merchant."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about = models.CharField(max_length=80)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "about"], name="one_choice_of_columns_per_list"),
        ]

    def __str__(self) -> str:
        return self.about
