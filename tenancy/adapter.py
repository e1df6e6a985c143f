"""What django-allauth asks of this site (settings.ACCOUNT_ADAPTER)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from groundwork.web import client
from tenancy import accounts, known_devices
from tenancy.models import User


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up; the client's address from the one place that knows it; unknown devices are told by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client.address(request) or "::"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the pages say in their own words what happened."""

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response = super().post_login(request, user, **about)
        if user.pk not in known_devices.people(request):
            accounts.note_new_device(user)
        known_devices.remember(request, response, user)
        return response
