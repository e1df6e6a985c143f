"""Sign in once more: asked of whoever signed in a while ago, before what would hurt in the wrong hands."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from loyalty.pages.access import private
from loyalty.pages.terminal.views import signed_in
from loyalty_site.accounts.forms import PasswordAgainForm
from loyalty_site.accounts.views import page
from tenancy import identity, step_up
from tenancy.models import User
from tenancy.passkeys import PasskeyAgainForm
from tenancy.second_factor_forms import CodeAgainForm

SET_ASIDE = "account_reauthentication_state"  # what allauth keeps of a POST, to send it again: we do not


@page
@sensitive_post_parameters()
@login_required
def again(request: HttpRequest) -> HttpResponse:
    """By password, by code or by passkey, whichever the person has; then back to where they were."""
    user, back = signed_in(request), get_next_redirect_url(request)
    ways = _ways(request, user)
    sent = next((form for field, form in ways.items() if field in request.POST), None)
    if sent is not None and sent.is_valid():
        if hasattr(sent, "save"):
            sent.save()
        step_up.note(request)
        request.session.pop(SET_ASIDE, None)
        return redirect(back or "account")
    context: dict[str, Any] = {
        "ways": ways,
        "next": back or "",
        "form": sent,
        "identity_provider": identity.name(),
    }
    if "credential" in ways:
        context["js_data"] = {"request_options": webauthn.begin_authentication(user)}
    return private(render(request, "account/again.html", context))


def _ways(request: HttpRequest, user: User) -> dict[str, forms.Form]:
    """The forms by which this person can say who they are, by the field that tells each from the others."""

    def data(field: str) -> Any:
        return request.POST if field in request.POST else None

    held = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    ways: dict[str, forms.Form] = {}
    if user.has_usable_password():
        ways["password"] = PasswordAgainForm(data("password"), user=user, request=request)
    if held & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        ways["code"] = CodeAgainForm(data=data("code"), user=user)
    if Authenticator.Type.WEBAUTHN in held:
        ways["credential"] = PasskeyAgainForm(data=data("credential"), user=user)
    return ways
