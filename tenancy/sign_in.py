"""Signing in by e-mail and password, and knowing a signed-in user again."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from tenancy import identity
from tenancy.models import User
from tenancy.prepared import Prepared

_user = Prepared(lambda *, user_id: User.objects.filter(pk=user_id))


class EmailBackend(ModelBackend):
    """Django's own, with the one query of every signed-in request prepared."""

    def get_user(self, user_id: Any) -> User | None:
        found = _user(user_id=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


class SignInView(LoginView):
    """Django's page, after whose right password allauth goes on: with what else it asks for, then the session."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(user=user, email=user.email, redirect_url=self.get_success_url())
        answer: HttpResponse = perform_password_login(self.request, {"email": user.email}, login)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more) | {"identity_provider": identity.name()}
