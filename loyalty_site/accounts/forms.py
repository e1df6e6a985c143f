"""The forms of the account pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from groundwork.formats.email_field import EmailField
from tenancy.models import User
from tenancy.sign_in import is_password


def email_field(label: Any, **attributes: Any) -> EmailField:
    """A field for an address of one's own."""
    return EmailField(label=label, max_length=254, widget=forms.EmailInput(attrs=attributes))


class PersonForm(forms.ModelForm):
    """What a person is called, and their language."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "preferred_language"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preferred_language"].choices = [  # type: ignore[attr-defined]
            ("", _("As the browser")),
            *settings.LANGUAGES,
        ]


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = email_field(_("E-mail"), autofocus=True, autocomplete="username")


class PasswordAgainForm(forms.Form):
    """The password, from somebody who is signed in; wrong ones count like those of the sign-in page."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not is_password(self.request, self.user, password):
            raise forms.ValidationError(_("This is not your password."))
        return str(password)


class EmailForm(PasswordAgainForm):
    """Another address, and the password, so that nobody changes it at a screen that was left open."""

    email = email_field(_("New e-mail address"), autocomplete="email")
    field_order = ("email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"].widget.attrs["autofocus"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        return email


class PasswordForm(PasswordChangeForm):
    """Django's, where the present password cannot be guessed at will."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not is_password(self.request, self.user, password):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password
