"""Signing in to the console: by e-mail, as everywhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail and password; whoever may not enter the console is told so."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "E-mail or password is wrong, or this account does not open the console. "
            "At the till, sign in at the terminal."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {**self.fields["username"].widget.attrs, "autocomplete": "username", "type": "email"}
        self.fields["username"].widget = forms.EmailInput(attrs=attributes)
        self.fields["username"].label = _("E-mail")
