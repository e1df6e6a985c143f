"""A person's own account: name, language, address, password, sessions; and the way back in without a password."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout, views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundwork.web import attempts, client, rate_limits
from groundwork.web.attempts import Counter
from loyalty.pages.access import private
from loyalty.pages.terminal.views import signed_in
from loyalty_site.accounts.forms import EmailForm, ForgottenForm, PasswordForm, PersonForm
from tenancy import account_links, accounts, second_factor, sign_in
from tenancy.errors import LinkSpent

page = require_http_methods(["GET", "HEAD", "POST"])
FREE_LINKS = 20  # made-up or spent links of one network before pauses begin


def _shown(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return private(render(request, f"account/{template}.html", context, status=status))


@page
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What a person is called, their language, and the ways to the rest."""
    user = signed_in(request)
    form = PersonForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=[*form.fields, "updated_at"])
        messages.success(request, _("Saved."))
        return redirect("account")
    lacks = user.is_staff and not second_factor.is_held(user)
    return _shown(request, "overview", form=form, lacks_second_factor=lacks)


# --- Password ---------------------------------------------------------------------------------------------


@page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link; what is answered does not say whether anybody has the address."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rate_limits.check("account_link", client.network(request))
        accounts.request_password_reset(form.cleaned_data["email"])
        return _shown(request, "forgotten", sent=True)
    return _shown(request, "forgotten", form=form)


@method_decorator([cache_control(no_store=True, private=True), sensitive_post_parameters()], name="dispatch")
class Reset(views.PasswordResetConfirmView):
    """A new password by the link of an e-mail, good once."""

    template_name = "account/reset.html"
    success_url = reverse_lazy("login")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Made-up links are counted for the network they come from."""
        answers: list[HttpResponseBase] = []

        def is_good() -> bool:
            answers.append(super(Reset, self).dispatch(*args, **kwargs))
            return self.validlink or answers[0].status_code == 302

        network = client.network(self.request)
        attempts.judge([Counter(f"links:{network}", FREE_LINKS)], is_good)
        return answers[0]

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        accounts.note_new_password(form.user)
        sign_in.forgive(form.user.email)
        messages.success(self.request, _("Your new password is set. Please sign in with it."))
        return response


@method_decorator([cache_control(no_store=True, private=True), login_required], name="dispatch")
class Password(views.PasswordChangeView):
    """Another password, for whoever knows the present one; ends all other sessions."""

    template_name = "account/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        UserSession.objects.create_from_request(self.request)
        accounts.note_new_password(form.user)
        messages.success(self.request, _("Your password is changed. Other devices have to sign in again."))
        return response


# --- Address ----------------------------------------------------------------------------------------------


@page
@login_required
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; it counts once it has been confirmed there."""
    user = signed_in(request)
    form = EmailForm(request.POST or None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        rate_limits.check("account_link", client.network(request))
        rate_limits.check("email_change", str(user.pk))
        accounts.request_email_change(user, form.cleaned_data["email"])
        return _shown(request, "email", sent=form.cleaned_data["email"])
    return _shown(request, "email", form=form)


@page
def confirm_email(request: HttpRequest, signed: str) -> HttpResponse:
    """Confirm an address; only a POST does, as mail programs open links by themselves."""
    change = account_links.email_change(signed)
    try:
        if change is None:
            raise LinkSpent()
        if request.method == "POST":
            accounts.confirm_email_change(change)
            return _shown(request, "email_confirm", done=True)
    except LinkSpent:
        return _shown(request, "email_confirm", status=410, spent=True)
    return _shown(request, "email_confirm", new_email=change.new_email)


# --- Sessions ---------------------------------------------------------------------------------------------


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where a person is signed in."""
    user = signed_in(request)
    found = UserSession.objects.purge_and_list(user)
    newest_first = sorted(found, key=lambda each: each.created_at, reverse=True)
    with timezone.override(user.tzinfo):
        return _shown(request, "sessions", sessions=newest_first)


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    accounts.end_all_sessions(signed_in(request))
    logout(request)
    messages.success(request, _("All sessions are ended. Please sign in again."))
    return redirect("login")
