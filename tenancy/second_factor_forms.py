"""The forms of an app's codes in our own words, and within our limits (settings.MFA_FORMS). See `tenancy.passkeys`."""

import re
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy import sign_in

GAPS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u2010-\u2015-]")


class CodeField(forms.CharField):
    """A code in groups, as apps show it and people write it, is the code: whichever space or dash is between them."""

    def to_python(self, value: Any) -> str:
        return GAPS.sub("", super().to_python(value) or "")


def code_field(label: Any) -> forms.CharField:
    """A field for digits that an app shows, or that were printed once."""
    digits = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return CodeField(label=label, max_length=20, widget=forms.TextInput(attrs=digits))


class _Limited(BaseAuthenticateForm):
    """A code of the app, or a recovery code. Raises RateLimited after too many that do not fit."""

    code = code_field(_("Code of your app, or a recovery code"))

    def clean_code(self) -> str:
        counters = sign_in.counters_of_codes(context.request, self.user)
        code: str = sign_in.within_limits(counters, super().clean_code)
        return code


class CodeForm(_Limited, AuthenticateForm):
    """One after the password."""


class CodeAgainForm(_Limited, ReauthenticateForm):
    """The same, from somebody who is signed in."""


class AppForm(ActivateTOTPForm):
    """The first code of an app, as proof that it has the secret."""

    code = code_field(_("Code that the app shows"))

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            said = _("This does not fit, or not any more. Please write what the app shows now.")
            raise forms.ValidationError(said, code=error.code) from error
        return code
