"""The form of My data: all that a person may change about themselves on their card's page."""

from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers import birthdays
from customers.models import YEAR_UNKNOWN, Customer
from customers.services import OwnData
from loyalty.pages.customer.forms import PersonForm, PhoneField


class DataForm(PersonForm):
    """Name, address, phone, birthday (its year may be left out), language, and the consent to offers.

    Parameters: country - where numbers without a country are meant, ISO 3166; None where none can be confirmed.
    """

    phone = PhoneField()
    birth_day = forms.IntegerField(label=_("Birthday: day"), required=False, min_value=1, max_value=31)
    birth_month = forms.IntegerField(label=_("Month"), required=False, min_value=1, max_value=12)
    birth_year = forms.IntegerField(label=_("Year"), help_text=_("optional"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Language of the shop")), *settings.LANGUAGES]
    )

    def __init__(self, *args: Any, country: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if country is None:
            del self.fields["phone"]
        else:
            self.fields["phone"].country = country  # type: ignore[attr-defined]
            self.fields["phone"].help_text = ""
        for name, field in self.fields.items():
            # What the page showed goes along with what is typed.
            field.show_hidden_initial = not self.is_bound or self.add_initial_prefix(name) in self.data

    @staticmethod
    def known(customer: Customer) -> dict[str, Any]:
        """What stands in the form before anything is changed."""
        born = customer.birth_date
        return {
            "name": customer.name,
            "email": customer.pending_email or customer.email or "",
            "phone": customer.pending_phone or customer.phone,
            "birth_day": born.day if born else None,
            "birth_month": born.month if born else None,
            "birth_year": born.year if born and born.year != YEAR_UNKNOWN else None,
            "language": customer.preferred_language,
            "marketing_consent": customer.marketing_consent,
        }

    def own_data(self) -> OwnData:
        """What was typed, as the service takes it: a field that was not sent, or left alone, is no emptied one."""
        typed = self.cleaned_data
        given = {part.name: typed[part.name] for part in fields(OwnData) if part.name in typed}
        left = [name for name in ("email", "phone") if name not in self.data or name in self._outrun()]
        return OwnData(**given | dict.fromkeys(left))

    def _outrun(self) -> set[str]:
        """Fields that were left as the page showed them, while what they show was changed by somebody else.

        A card's page may be open on two phones, and staff know the person, too.
        """
        shown = {name for name in self.fields if self.add_initial_prefix(name) in self.data}
        left = shown - set(self.changed_data)
        return {name for name in left if self.fields[name].has_changed(self.initial[name], self[name].data)}

    def clean(self) -> dict[str, Any]:
        """Day, month and year become a date; without its year it is noted as of `YEAR_UNKNOWN`."""
        cleaned = self.cleaned_data
        cleaned |= {name: self.initial[name] for name in self._outrun() if name in cleaned}
        parts = [cleaned.get(f"birth_{part}") for part in ("year", "month", "day")]
        cleaned["birth_date"] = None
        if not any(parts) or self.errors:
            return cleaned
        try:
            born = date(parts[0] or YEAR_UNKNOWN, parts[1] or 0, parts[2] or 0)
        except (ValueError, OverflowError):
            self.add_error("birth_day", _("Please write the date as day, month and year."))
            return cleaned
        if not birthdays.is_plausible(born):
            self.add_error("birth_year", _("Please check the year."))
        cleaned["birth_date"] = born
        return cleaned
