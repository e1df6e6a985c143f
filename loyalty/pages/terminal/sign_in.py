"""Signing in and out of the terminal. The console has a page of its own."""

from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.formats.email_field import EmailField
from loyalty.pages.access import private
from tenancy.sign_in import SignInView


class SignInForm(AuthenticationForm):
    """An e-mail address and a password."""

    username = EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("This e-mail and password do not go together. Please try again."),
    }


class SignIn(SignInView):
    """To the terminal, or to the page of this site that was asked for."""

    template_name = "terminal/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What the page is called depends on where it leads."""
        leads_to_till = self.get_success_url().startswith(reverse("terminal-choose"))
        return super().get_context_data(**more) | {"leads_to_till": leads_to_till}


class SignOut(views.LogoutView):
    """Asks first, because only a POST signs out."""

    http_method_names = ["get", "head", "post", "options"]
    next_page = "login"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return private(render(request, "terminal/logout.html"))
