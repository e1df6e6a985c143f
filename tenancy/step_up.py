"""Step-up: what would hurt in the wrong hands asks who it is once more, unless they have just signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from groundwork import clock

_STAMP = "signed_in_at"


def note(request: HttpRequest, at: float | None = None) -> None:
    """Somebody has said who they are: just now, or `at` seconds since 1970; remembered in their session."""
    now = clock.now().timestamp()
    request.session[_STAMP] = now if at is None else min(now, at)


def note_sign_in(sender: Any, request: HttpRequest, **about: Any) -> None:
    """The listener of Django's `user_logged_in`: every way to sign in ends there."""
    note(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session's person signed in within settings.ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    age = clock.now().timestamp() - request.session.get(_STAMP, 0)
    return 0 <= age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask(request: HttpRequest) -> HttpResponse:
    """To the page that asks, and from there back to this address."""
    back = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{back}")
