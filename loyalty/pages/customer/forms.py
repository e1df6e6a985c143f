"""The enrolment form: four fields and a consent, none of which a card needs; and what it shares with My data."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import birthdays
from customers.models import Customer
from customers.names import NAME_TOO_LONG, has_room
from groundwork.errors import DomainError
from groundwork.formats.email import read_email
from groundwork.formats.phone import to_e164

LONGEST_NAME = 2 * (Customer._meta.get_field("first_name").max_length or 0)
DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]


class PhoneField(forms.CharField):
    """A number as people write it in a country, kept as E.164; empty for none."""

    country = ""

    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(
            label=_("Phone"), help_text=_("optional"), required=False, max_length=40, widget=widget
        )

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        phone = to_e164(typed, self.country) if typed else ""
        if phone is None:
            raise forms.ValidationError(_("This phone number does not look complete."), code="phone")
        return phone


class PersonForm(forms.Form):
    """Name and address of a customer, as they type it themselves; both may be left out."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        # What the browser thinks of it does not count (`novalidate`): it refuses addresses that work.
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "data-slip": _("Did you mean {address}?")}
        ),
    )
    marketing_consent = forms.BooleanField(required=False)

    def typed_fields(self) -> list[forms.BoundField]:
        """The fields with a label above and an error below; the consent stands apart."""
        return [self[name] for name in self.fields if name != "marketing_consent"]

    def clean_name(self) -> str:
        """A name that is kept whole."""
        name: str = self.cleaned_data["name"]
        if not has_room(name):
            raise forms.ValidationError(NAME_TOO_LONG, code="name")
        return name

    def clean_email(self) -> str:
        """The address as it is kept."""
        address = read_email(self.cleaned_data["email"])
        if address is None:
            raise forms.ValidationError(_("Enter an e-mail address, like anouk@example.com."), code="email")
        return address


class EnrollmentForm(PersonForm):
    """What a customer types to get a card; all of it may be left out.

    Parameters: country - the store's, ISO 3166: how a phone number without a country is meant.
    """

    phone = PhoneField()
    birth_date = forms.DateField(
        label=_("Birthday"),
        help_text=_("optional, for a treat"),
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={"invalid": _("Please write the date as day, month and year.")},
    )

    def __init__(self, *args: object, country: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].country = country  # type: ignore[attr-defined]
        self.fields["name"].help_text = _("optional")
        self.fields["email"].help_text = _("optional, to get the card back if you lose your phone")

    def person(self) -> dict[str, Any]:
        """What was typed, as the enrolment service takes it."""
        return self.cleaned_data | {"phone": self.cleaned_data["phone"] or None}

    def take(self, refusal: DomainError) -> str:
        """Put what a service refused beside its field; returns what belongs to no field, to show above all."""
        for error in refusal.extra.get("errors", []):
            if error["field"] in self.fields:
                self.add_error(error["field"], error["message"])
        return "" if self.errors else str(refusal.detail)

    def focus_first_error(self) -> None:
        """Put the cursor where something has to be corrected."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def clean_birth_date(self) -> date | None:
        """A day that a living person can have been born on."""
        born = self.cleaned_data["birth_date"]
        if born and not birthdays.is_plausible(born):
            raise forms.ValidationError(_("Please check the year."), code="birth_date")
        return born
