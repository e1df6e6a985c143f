"""The device in front of a visitor: how it becomes a till or its screen with a code, and by what it is known then."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from groundwork.web import client, rate_limits
from tenancy import displays, scope, tills
from tenancy.errors import TillCodeWrong, TillRevoked
from tenancy.models import Store, Till, User
from tenancy.roles import ROLE_OF_TILL, role_at, scope_of
from tenancy.selectors import open_stores, stores_of

LONGEST_CODE = 40  # typed with spaces and dashes


@dataclass(frozen=True)
class Visitor:
    """Who opens the terminal: the till that the device is, else the person who is signed in on it."""

    user: User | None
    till: Till | None

    @classmethod
    def of(cls, request: HttpRequest) -> "Visitor | None":
        """None for nobody, and for a device that was a till."""
        till = till_of(request)
        user = request.user if till is None and isinstance(request.user, User) else None
        return cls(user, till) if till or user else None

    def stores(self) -> list[Store]:
        """The open stores where they work, by name."""
        if self.till is not None:
            with scope.merchant(self.till.merchant_id):
                return list(open_stores().filter(pk=self.till.store_id))
        if self.user is None:
            return []
        with scope_of(self.user):
            return list(stores_of(self.user))

    def role_at(self, store: Store) -> str | None:
        """Their role at the till of a store."""
        return ROLE_OF_TILL if self.till is not None else role_at(self.user, store)

    @property
    def language(self) -> str:
        """The language that they prefer; empty for a till, which speaks the store's."""
        return self.user.preferred_language if self.user else ""


def till_of(request: HttpRequest) -> Till | None:
    """The living till that the device is; None where it carries nothing, or what is over."""
    token = request.COOKIES.get(tills.COOKIE)
    if not token:
        return None
    try:
        return tills.recognise(token)
    except TillRevoked:
        return None


def ask_for_code(request: HttpRequest, *, wrong: TillCodeWrong | None = None) -> HttpResponse:
    """The page with the field for a code; on a device that was a till it says so."""
    typed = request.POST.get("code") if wrong else request.GET.get("code")
    context = {
        "code": (typed or "")[:LONGEST_CODE],
        "wrong": wrong,
        "was_till": tills.COOKIE in request.COOKIES and till_of(request) is None,
    }
    return render(request, "terminal/device.html", context, status=wrong.status if wrong else 200)


def enrol(request: HttpRequest) -> HttpResponse:
    """The device becomes the till whose code was typed, or its screen; nobody stays signed in on it.

    So many attempts a minute and address (settings.RATE_LIMITS).
    """
    rate_limits.check("till_pair", client.network(request))
    code = request.POST.get("code", "")[:LONGEST_CODE]
    try:
        till, token = tills.pair(code=code, carried=request.COOKIES.get(tills.COOKIE, ""))
    except TillCodeWrong as wrong:
        return _become_display(request, code) or ask_for_code(request, wrong=wrong)
    logout(request)
    response = redirect("terminal", till.store.store_code)
    _carry(response, tills.COOKIE, token)
    return response


def _become_display(request: HttpRequest, code: str) -> HttpResponse | None:
    """The device becomes the screen of a till, if the code is of that kind and it is no till itself."""
    if till_of(request) is not None:
        return None
    try:
        till, token = displays.pair(code=code)
    except TillCodeWrong:
        return None
    logout(request)
    response = redirect("terminal-display", till.store.store_code)
    _carry(response, displays.COOKIE, token)
    return response


def paired_with(request: HttpRequest) -> Till | None:
    """The living till whose screen for customers the device is; None for any other device, and for a till."""
    token = request.COOKIES.get(displays.COOKIE)
    return displays.recognise(token) if token and till_of(request) is None else None


def renew_display(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The screen of a till carries its token on for another 400 days."""
    _carry(response, displays.COOKIE, request.COOKIES[displays.COOKIE])
    return response


def renew(request: HttpRequest, response: HttpResponse, visitor: Visitor) -> HttpResponse:
    """A till carries its token on for another 400 days; a person's device drops that of a till that is over."""
    token = request.COOKIES.get(tills.COOKIE)
    if token and visitor.till is not None:
        _carry(response, tills.COOKIE, token)
    elif token:
        response.delete_cookie(tills.COOKIE, samesite="Strict")
    return response


def _carry(response: HttpResponse, name: str, token: str) -> None:
    response.set_cookie(
        name,
        token,
        max_age=tills.COOKIE_LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
