"""What django-allauth asks of this site (settings.ACCOUNT_ADAPTER)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from groundwork.web import client
from tenancy import accounts, identity, known_devices, second_factor, step_up
from tenancy.models import User

BACKEND = "tenancy.sign_in.EmailBackend"


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up; the client's address from the one place that knows it; unknown devices are told by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client.address(request) or "::"

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str = "", **about: Any
    ) -> None:
        """Only what is refused: what was done, the pages say in their own words."""
        if message:
            messages.add_message(request, level, message)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **about: Any) -> None:
        """By our own queue; whatever happens to a second factor is one kind of e-mail."""
        if template_prefix.startswith("mfa/"):
            second_factor.note_change(user)

    def login(self, request: HttpRequest, user: User) -> None:
        user.backend = BACKEND  # also where a passkey or a provider vouched for them
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("login"))

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        return not step_up.is_fresh(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page for all ways."""
        return [{"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")}]

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response = super().post_login(request, user, **about)
        if (at := identity.vouched_at(about.get("signal_kwargs"))) is not None:
            step_up.note(request, at)  # the way through the provider can be one click, for whoever sits there
        if user.pk not in known_devices.PEOPLE.ids(request):
            accounts.note_new_device(user)
        known_devices.PEOPLE.add(request, response, user.pk)
        return response
