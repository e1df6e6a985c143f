"""A field of several words, with commas between them."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.contrib.postgres.validators import ArrayMaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget


class NoMoreThan(ArrayMaxLengthValidator):
    """Django's, in words for people and in each of their languages."""

    message = ngettext_lazy(
        "These are %(show_value)d; no more than %(limit_value)d is possible.",
        "These are %(show_value)d; no more than %(limit_value)d are possible.",
        "limit_value",
    )


class SeveralField(SimpleArrayField):
    """Words, each of which `each` takes; `most` of them at most, where the form does not count them itself."""

    default_error_messages = {"item_invalid": _("Entry no. %(nth)s does not fit:")}

    def __init__(self, each: forms.Field, *, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(each, required=False, widget=UnfoldAdminTextInputWidget, **kwargs)
        if most is not None:
            self.validators.append(NoMoreThan(most))
