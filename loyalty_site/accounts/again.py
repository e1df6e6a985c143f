"""Sign in once more: asked of whoever signed in a while ago, before what would hurt in the wrong hands."""

from collections.abc import Callable, Iterator
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
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

NEW_PASSKEY = "new_passkey_question"  # what a passkey that is being made answers, while another one is asked
KEPT = "kept-"  # before the names of fields that are sent on afterwards


Kept = list[tuple[str, str]]


def ask(request: HttpRequest) -> HttpResponse:
    """What a page answers instead of itself: the question, and then that page.

    A form that was filled in for too long goes along in the question, and not into the session: it may name people.
    """
    kept = [] if request.FILES else list(pairs(request.POST))
    if not kept:
        return step_up.ask(request)
    if "credential" in request.POST:
        request.session[NEW_PASSKEY] = webauthn.get_state()
    user = signed_in(request)
    return _asked(request, _ways(None, request, user), request.get_full_path(), kept, status=403)


class SignInAgainMiddleware:
    """Lets the pages that are allauth's ask as ours do, which would keep all that was sent in the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The question instead of the page; strangers sign in first."""
        if not isinstance(exception, ReauthenticationRequired):
            return None
        return ask(request) if request.user.is_authenticated else redirect_to_login(request.get_full_path())


@page
@sensitive_post_parameters()
@login_required
def again(request: HttpRequest) -> HttpResponse:
    """By password, by code or by passkey, whichever the person has; then back to where they were."""
    user, back = signed_in(request), get_next_redirect_url(request)
    kept = [(name[len(KEPT) :], value) for name, value in pairs(request.POST) if name.startswith(KEPT)]
    ways = _ways(request.POST, request, user)
    sent = next((form for field, form in ways.items() if field in request.POST), None)
    if sent is None or not sent.is_valid():
        return _asked(request, ways, back or "", kept, sent)
    if hasattr(sent, "save"):
        sent.save()
    step_up.note(request)
    if asked := request.session.pop(NEW_PASSKEY, None):
        webauthn.set_state(asked)
    if kept and back:
        return private(render(request, "account/again_kept.html", {"next": back, "kept": kept}))
    return redirect(back or "account")


def _asked(
    request: HttpRequest,
    ways: dict[str, forms.Form],
    back: str,
    kept: Kept,
    sent: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "ways": ways,
        "next": back,
        "kept": [(f"{KEPT}{name}", value) for name, value in kept],
        "form": sent,
        "identity_provider": identity.name(),
    }
    if "credential" in ways:
        context["js_data"] = {"request_options": webauthn.begin_authentication(signed_in(request))}
    return private(render(request, "account/again.html", context, status=status))


def pairs(sent: QueryDict) -> Iterator[tuple[str, str]]:
    for name, values in sent.lists():
        if name != "csrfmiddlewaretoken":
            yield from ((name, value) for value in values)


def _ways(sent: QueryDict | None, request: HttpRequest, user: User) -> dict[str, forms.Form]:
    """The forms by which this person can say who they are, by the field that tells each from the others."""

    def data(field: str) -> Any:
        return sent if sent and field in sent else None

    held = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    ways: dict[str, forms.Form] = {}
    if user.has_usable_password():
        ways["password"] = PasswordAgainForm(data("password"), user=user, request=request)
    if held & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        ways["code"] = CodeAgainForm(data=data("code"), user=user)
    if Authenticator.Type.WEBAUTHN in held:
        ways["credential"] = PasskeyAgainForm(data=data("credential"), user=user)
    return ways
