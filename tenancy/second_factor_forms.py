"""The forms of the second factor in our own words (settings.MFA_FORMS); what they do is django-allauth's."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm, SignupWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60


def code_field(label: Any) -> forms.CharField:
    """A field for digits that an app shows, or that were printed once."""
    digits = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=digits))


class CodeForm(AuthenticateForm):
    """A code of the app, or a recovery code."""

    code = code_field(_("Code of your app, or a recovery code"))


class CodeAgainForm(ReauthenticateForm):
    """The same, from somebody who is signed in."""

    code = code_field(_("Code of your app, or a recovery code"))


class AppForm(ActivateTOTPForm):
    """The first code of an app, as proof that it has the secret."""

    code = code_field(_("Code that the app shows"))


class PasskeyForm(SignupWebAuthnForm):
    """A new passkey and what it is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)


class PasskeyNameForm(EditWebAuthnForm):
    """What a passkey is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
