"""The form of My data: all that a person may change about themselves on their card's page."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.models import YEAR_UNKNOWN, Customer
from groundwork.formats.email import read_email
from loyalty.pages.customer.forms import LONGEST_NAME, OLDEST


class DataForm(forms.Form):
    """Name, address, birthday (its year may be left out), language, and the consent to offers."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "data-slip": _("Did you mean {address}?")}
        ),
    )
    birth_day = forms.IntegerField(label=_("Birthday: day"), required=False, min_value=1, max_value=31)
    birth_month = forms.IntegerField(label=_("Month"), required=False, min_value=1, max_value=12)
    birth_year = forms.IntegerField(label=_("Year"), help_text=_("optional"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Language of the shop")), *settings.LANGUAGES]
    )
    wants_offers = forms.BooleanField(required=False)

    @staticmethod
    def known(customer: Customer) -> dict[str, Any]:
        """What stands in the form before anything is changed."""
        born = customer.birth_date
        return {
            "name": customer.name,
            "email": customer.pending_email or customer.email or "",
            "birth_day": born.day if born else None,
            "birth_month": born.month if born else None,
            "birth_year": born.year if born and born.year != YEAR_UNKNOWN else None,
            "language": customer.preferred_language,
            "wants_offers": customer.marketing_consent,
        }

    def typed_fields(self) -> list[forms.BoundField]:
        """The fields with a label above and an error below; the consent stands apart."""
        return [self[name] for name in self.fields if name != "wants_offers"]

    def data_of_person(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        given = ("name", "email", "language", "wants_offers", "birth_date")
        return {name: self.cleaned_data[name] for name in given}

    def clean_email(self) -> str:
        """The address as it is kept."""
        address = read_email(self.cleaned_data["email"])
        if address is None:
            raise forms.ValidationError(_("Enter an e-mail address, like anouk@example.com."), code="email")
        return address

    def clean(self) -> dict[str, Any]:
        """Day, month and year become a date; without its year it is noted as of `YEAR_UNKNOWN`."""
        cleaned = self.cleaned_data
        parts = [cleaned.get(f"birth_{part}") for part in ("year", "month", "day")]
        cleaned["birth_date"] = None
        if not any(parts) or self.errors:
            return cleaned
        try:
            born = date(parts[0] or YEAR_UNKNOWN, parts[1] or 0, parts[2] or 0)
        except ValueError:
            self.add_error("birth_day", _("Please write the date as day, month and year."))
            return cleaned
        today = date.today()
        if parts[0] and not (today.year - OLDEST <= born.year and born <= today):
            self.add_error("birth_year", _("Please check the year."))
        cleaned["birth_date"] = born
        return cleaned
