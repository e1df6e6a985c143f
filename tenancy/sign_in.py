"""Signing in by e-mail and password, and knowing a signed-in user again.

Wrong passwords are counted for the account (whether there is one or not), for the network they come from, and for
both together; wrong codes of a second factor for the account by themselves; pauses grow (`groundwork.web.attempts`).
Where the person has signed in before, only what is guessed on that device counts: strangers elsewhere keep nobody out.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from groundwork.formats.email import normalize_email
from groundwork.web import attempts, client, hashing
from groundwork.web.attempts import Counter
from tenancy import identity, known_devices
from tenancy.models import User
from tenancy.prepared import Prepared

# Wrong passwords that cost no pause.
FREE_OF_A_PERSON, FREE_OF_AN_ACCOUNT, FREE_OF_A_NETWORK = 5, 10, 20

Answer = TypeVar("Answer")

_user = Prepared(lambda *, user_id: User.objects.filter(pk=user_id))


class EmailBackend(ModelBackend):
    """Django's own, with limits, and the one query of every signed-in request prepared."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **other: Any
    ) -> Any:
        """The person; None for a wrong password. Raises RateLimited in a pause, without hashing; or Busy."""
        if username is None or password is None:
            return None
        hashing.refuse_if_full()
        judged = super().authenticate
        return attempts.judge(counters(request, username), lambda: judged(request, username, password))

    def get_user(self, user_id: Any) -> User | None:
        found = _user(user_id=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


class SignInView(LoginView):
    """Django's page, after whose right password allauth goes on: with what else it asks for, then the session."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        answer: HttpResponse = perform_password_login(self.request, {}, login)  # the session keeps no address
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more) | {"identity_provider": identity.name()}


def welcome(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Sign in whoever has just made their account here: a session like any other, on a device that is theirs."""
    get_adapter().login(request, user)
    UserSession.objects.create_from_request(request)
    known_devices.PEOPLE.add(request, response, user.pk)


def is_password(request: HttpRequest, user: User, password: str) -> bool:
    """Whether a signed-in person knows their password, within the limits of signing in. Raises RateLimited."""
    return attempts.judge(counters(request, user.email), lambda: user.check_password(password))


def within_limits(counters: Sequence[Counter], clean: Callable[[], Answer]) -> Answer:
    """What a form's `clean` returns; whatever it finds invalid is a wrong guess. Raises RateLimited."""
    refused: list[ValidationError] = []

    def guess() -> Answer | None:
        try:
            return clean()
        except ValidationError as error:
            refused.append(error)
            return None

    found = attempts.judge(counters, guess)
    if refused:
        raise refused[0]
    return cast("Answer", found)


NOT_FORGIVEN = gettext_lazy(
    "Redis cannot be reached: until it is back each web process counts wrong passwords by itself. "
    "Please unlock the account again then."
)


def forgive(email: str) -> bool:
    """Forget all wrong passwords and codes for an account; False where that reaches this process alone."""
    return attempts.forgive(_account(email))


def counters(request: HttpRequest | None, email: str) -> list[Counter]:
    """What a wrong password for this address counts against."""
    account = attempts.since_forgiven(_account(email))
    if request is not None and _knows(request, email):
        device = attempts.digest(request.COOKIES[known_devices.PEOPLE.cookie])
        return [Counter(f"device:{account}:{device}", FREE_OF_A_PERSON, forgiving=True)]
    network = client.network(request) if request is not None else ""
    return [
        Counter(f"person:{account}:{network}", FREE_OF_A_PERSON, forgiving=True),
        Counter(f"account:{account}", FREE_OF_AN_ACCOUNT),
        *_of_network("network", network),
    ]


def counters_of_codes(request: HttpRequest | None, user: User | None) -> list[Counter]:
    """What a wrong code or passkey counts against: whose password was right, or who comes by a passkey alone.

    A right password takes none of them back, so that whoever knows it does not begin anew with each.
    """
    if user is None:
        return _of_network("passkey", client.network(request) if request is not None else "")
    account = attempts.since_forgiven(_account(user.email))
    if request is not None and _knows(request, user.email):
        device = attempts.digest(request.COOKIES[known_devices.PEOPLE.cookie])
        return [Counter(f"code:{account}:{device}", FREE_OF_A_PERSON, forgiving=True)]
    return [Counter(f"code:{account}", FREE_OF_A_PERSON, forgiving=True)]


def _of_network(kind: str, network: str) -> list[Counter]:
    return [Counter(f"{kind}:{network}", FREE_OF_A_NETWORK)] if network else []


def _account(email: str) -> str:
    return attempts.digest(normalize_email(email))


def _knows(request: HttpRequest, email: str) -> bool:
    people = known_devices.PEOPLE.ids(request)
    return bool(people) and User.objects.filter(email=normalize_email(email), pk__in=people).exists()
