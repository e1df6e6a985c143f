"""What more than one room takes: about a person, and for how long. What it means is for the services."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from customers.names import NAME_TOO_LONG, has_room
from loyalty.api.fields import BirthDate, Flag, Phone

LONGEST_NAME = 160
LONGEST_QUERY = 254


class PersonInput(serializers.Serializer):
    """What may be told about a person; null is as good as nothing."""

    phone = Phone(required=False, allow_null=True, allow_blank=True)
    birth_date = BirthDate(required=False, allow_null=True)
    language = serializers.ChoiceField(
        required=False, allow_null=True, choices=[code for code, _name in settings.LANGUAGES]
    )
    marketing_consent = Flag(required=False, allow_null=True)

    def validate_name(self, name: str | None) -> str | None:
        """Of whoever has a field for it."""
        if name and not has_room(name):
            raise serializers.ValidationError(NAME_TOO_LONG)
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in attrs.items() if value not in (None, "")}


class PeriodInput(serializers.Serializer):
    days = serializers.IntegerField(required=False, default=30, min_value=1, max_value=366)
