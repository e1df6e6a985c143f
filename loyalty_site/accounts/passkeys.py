"""Signing in with a passkey alone, which is open to everybody (`tenancy.passkeys`)."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from groundwork.web import client, rate_limits


class PasskeySignIn(LoginWebAuthnView):
    """allauth's, so often for each client: whoever asks for the question gets a session for it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rate_limits.check("passkey", client.network(request))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Back to the sign-in page, which still leads to where they were going."""
        response: HttpResponse = super().form_invalid(form)
        back = get_next_redirect_url(self.request)
        return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': back})}") if back else response
