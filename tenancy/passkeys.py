"""Passkeys: what a browser says of one is read warily, tried within limits, and a copy of one is found out.

The forms are django-allauth's (settings.MFA_FORMS); every device counts how often it was used, and signs the count. One
that does not go up is a copy's, or belongs to a device that has been copied (WebAuthn 7.2, step 22).
"""

import json
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from tenancy import sign_in

LONGEST_NAME = 60
LARGEST = 64 * 1024  # characters; some devices send the certificates of their makers along
COUNT = "sign_count"  # in an authenticator's `data`: the count of its last use


class CredentialField(forms.JSONField):
    """What a browser says of a passkey, which the library can read; anything else fits no passkey."""

    def __init__(self, kind: type[AuthenticationResponse] | type[RegistrationResponse]) -> None:
        self.kind = kind
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            if len(value or "") > LARGEST:
                raise ValueError("too long")
            return _plain(self.kind.from_dict(super().to_python(value)))
        except Exception as error:  # the library stumbles in many ways over what is no passkey
            raise get_adapter().validation_error("incorrect_code") from error


def _plain(said: AuthenticationResponse | RegistrationResponse) -> dict[str, Any]:
    """What was understood of it, and nothing else that came along: it is kept."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(said), default=dict))
    extensions: dict[str, Any] = dict(said.client_extension_results or {})
    is_on_device = extensions.get("credProps", {}).get("rk") is True
    return plain | {"clientExtensionResults": {"credProps": {"rk": is_on_device}}}


class _Answer(AuthenticateWebAuthnForm):
    """A passkey's answer. Raises RateLimited after too many that do not fit."""

    credential = CredentialField(AuthenticationResponse)

    def clean_credential(self) -> Authenticator:
        counters = sign_in.counters_of_codes(context.request, self.user)
        found: Authenticator = sign_in.within_limits(counters, self._judged)
        return found

    def _judged(self) -> Authenticator:
        said = AuthenticationResponse.from_dict(self.cleaned_data["credential"])
        authenticator: Authenticator = super().clean_credential()
        if not _goes_on(authenticator, said.response.authenticator_data.counter):
            raise get_adapter().validation_error("incorrect_code")
        return authenticator


class PasskeyCodeForm(_Answer):
    """A passkey after the password."""


class PasskeySignInForm(_Answer, LoginWebAuthnForm):
    """A passkey instead of the password."""


class PasskeyAgainForm(_Answer, ReauthenticateWebAuthnForm):
    """A passkey of somebody who is signed in."""


class PasskeyForm(SignupWebAuthnForm):
    """A new passkey and what it is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)
    credential = CredentialField(RegistrationResponse)


class PasskeyNameForm(EditWebAuthnForm):
    """What a passkey is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)


@transaction.atomic
def _goes_on(authenticator: Authenticator, count: int) -> bool:
    """Whether a passkey's count has gone up, which is remembered; one that does not count says 0 for ever."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    last = row.data.get(COUNT, row.wrap().authenticator_data.counter)
    if count <= last and (count or last):
        return False
    row.data[COUNT] = count
    row.save(update_fields=["data"])
    authenticator.data = row.data
    return True
