"""An invitation, behind the link in its e-mail: who invites, to what; taken by a button, and by nothing else.

Mail scanners open links: opening this page changes nothing. The link was sent to the invited address alone, so that
whoever has it may choose the password of an account that is not there yet, and be told that there is one.
"""

from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from groundwork.errors import Invalid
from groundwork.web import client, rate_limits
from loyalty.pages.access import private, unlisted
from loyalty.pages.language import speak
from tenancy import invitations, scope, sign_in
from tenancy.errors import AccountExists, InvitationEnded, InvitationForAnother
from tenancy.models import Invitation, User
from tenancy.roles import READERS
from tenancy.services import find_user


class NewAccountForm(forms.Form):
    """What an account begins with: a name, and a password that only its owner knows."""

    first_name = forms.CharField(
        label=_("First name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("at least ten characters"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def show(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds the link."""
    rate_limits.check("card_page", client.network(request))
    try:
        invitation = invitations.find_open(token)
        merchant = invitation.merchant
        with scope.merchant(merchant), timezone.override(merchant.tzinfo):
            return private(_answer(request, token, invitation))
    except InvitationEnded as ended:
        return private(render(request, "pages/invitation_ended.html", status=ended.status))
    except (AccountExists, InvitationForAnother):  # since the form was opened: look again
        return private(HttpResponseRedirect(request.path))


def _answer(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    user: Any = request.user
    speak(request, person=getattr(user, "preferred_language", ""), shop=invitation.merchant.default_language)
    reader = _reader(user, invitation)
    if request.method == "POST" and reader == "invited":
        invitations.accept(token=token, user=user)
        return _enter(invitation)
    form = NewAccountForm(request.POST if request.method == "POST" and reader == "new" else None)
    if form.is_valid() and (made := _make(token, form)):
        response = _enter(invitation)
        sign_in.welcome(request, response, made)
        return response
    context = {
        "invitation": invitation,
        "inviter": invitation.invited_by.get_full_name() or invitation.invited_by.email,
        "stores": invitation.living_stores(),
        "reader": reader,
        "form": form,
        "sign_in": redirect_to_login(request.path).url,
    }
    return render(request, "pages/invitation.html", context)


def _reader(user: Any, invitation: Invitation) -> str:
    """Who looks: the "invited" account, "another" one, somebody who has an account ("known"), or a "new" person."""
    owner = find_user(invitation.email)
    if user.is_authenticated:
        return "invited" if user == owner else "another"
    return "known" if owner else "new"


def _make(token: str, form: NewAccountForm) -> User | None:
    """The new account; None if it was refused, which the form then says."""
    try:
        return invitations.accept_as_new(
            token=token, preferred_language=get_language() or "", **form.cleaned_data
        )
    except Invalid as refusal:
        for error in refusal.extra["errors"]:
            form.add_error(error["field"], error["message"])
        return None


def _enter(invitation: Invitation) -> HttpResponse:
    """To where the new role works: the console, or the till."""
    return HttpResponseRedirect(reverse("admin:index" if invitation.role in READERS else "terminal-choose"))
