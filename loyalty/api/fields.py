"""The kinds of values in a request. JSON has types, and these mean them: "5" is no number, 1 is not true."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers import birthdays
from groundwork.formats.email import read_email
from groundwork.formats.phone import to_e164
from loyalty.models import LoyaltyTransaction

LONGEST_NOTES = LoyaltyTransaction._meta.get_field("notes").max_length
TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class Whole(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


def possible_id(number: int) -> int:
    """An id that a row can have; for any other number 0, which no row has: databases stumble over 64 bits."""
    return number if 0 < number < 2**63 else 0


class Id(Whole):
    """The id of a row."""

    def to_internal_value(self, data: Any) -> int:
        return possible_id(super().to_internal_value(data))


class Text(serializers.CharField):
    """A JSON string, without the spaces around it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Notes(Text):
    """A remark for the ledger."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "max_length": LONGEST_NOTES} | options)


class Reason(Text):
    """Why something unusual was done."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NOTES, **options)


class Amount(serializers.DecimalField):
    """An exact number, as a JSON number or as a string."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A time with its offset, ISO 8601."""

    default_error_messages = {"naive": _("Write the time with its offset, for example 2026-11-14T09:41:00Z.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class BirthDate(serializers.DateField):
    """A day that a living person can have been born on; of 1904 where the year is not known."""

    default_error_messages = {"unlikely": _("Please check the year.")}

    def to_internal_value(self, value: Any) -> date:
        born = super().to_internal_value(value)
        if not birthdays.is_plausible(born):
            self.fail("unlikely")
        return born


class Email(Text):
    """An e-mail address as people write it."""

    default_error_messages = {"email": _("Enter an e-mail address, like anouk@example.com.")}

    def to_internal_value(self, data: Any) -> str:
        address = read_email(super().to_internal_value(data))
        if address is None:
            self.fail("email")
        return address


class Phone(Text):
    """A telephone number as people write it at the store's; read as E.164."""

    default_error_messages = {"phone": _("This phone number does not look complete.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        typed = super().to_internal_value(data)
        number = to_e164(typed, self.context["view"].store.country) if typed else ""
        if number is None:
            self.fail("phone")
        return number


class AskedFlag(serializers.BooleanField):
    """true or false in a query."""

    def to_internal_value(self, data: Any) -> bool:
        text = str(data).lower()
        if text not in TRUE | FALSE:
            self.fail("invalid", input=data)
        return text in TRUE


class AskedId(serializers.IntegerField):
    """An id in a query."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class AskedMoment(serializers.DateTimeField):
    """A day or a time in a query; without an offset it is the store's local time."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            value = timezone.make_aware(value, self.context["view"].store.tzinfo)
        return super().enforce_timezone(value)
