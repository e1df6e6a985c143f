"""Fields that people decide on: set by name, and judged with a sentence for each mistake."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

KEPT_BY_THE_SYSTEM = frozenset(
    {
        "id",
        "merchant",
        "program",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted_by",
        "deletion_batch",
        "activated_at",
        "expiry_not_before",
        "has_promotions",
        "planned_at",
        "stopped_at",
        "spent",
    }
)


def editable_fields(model: type[models.Model]) -> frozenset[str]:
    """The fields of a program or reward that people decide on, each language of a text included."""
    return frozenset(field.name for field in model._meta.concrete_fields) - KEPT_BY_THE_SYSTEM


def assign(row: models.Model, fields: Mapping[str, Any]) -> None:
    """Set fields of a row in memory. Raises TypeError for one that is not there or not for people to set."""
    unknown = fields.keys() - editable_fields(type(row))
    if unknown:
        raise TypeError(f"{type(row).__name__} has no {', '.join(sorted(unknown))} that can be set.")
    for name, value in fields.items():
        setattr(row, name, value)


def errors_of(row: models.Model, prefix: str = "") -> list[dict[str, str]]:
    """What is wrong with each field of a row, as the `errors` of Invalid; names get a prefix.

    Uniqueness and CHECKs are left to the database, which answers them by name.
    """
    try:
        row.clean_fields(exclude=KEPT_BY_THE_SYSTEM)
        row.clean()
    except ValidationError as error:
        return [
            error_of(f"{prefix}{field}", problem.code, message)
            for field, problems in error.error_dict.items()
            for problem in problems
            for message in problem.messages
        ]
    return []


def error_of(field: str, code: str | None, message: Any) -> dict[str, str]:
    """One entry of the `errors` of Invalid."""
    return {"field": field, "code": code or "invalid", "message": str(message)}
