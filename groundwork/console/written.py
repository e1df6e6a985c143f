"""How the console writes numbers, as people write them: in what it shows, and in why it refuses something."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import number_format

from groundwork.formats.numbers import grouped

Writing = Callable[[str], Any]
WHOLE = re.compile(r"-?[0-9]+")


def whole(text: str) -> str:
    """A whole number with marks between its thousands; anything else as it is."""
    return grouped(int(text)) if WHOLE.fullmatch(text) else text


def writings(model: type[models.Model]) -> Mapping[str, Writing]:
    """How the columns of a kind of row are written, where that is not as Django does it."""
    return {
        field.name: whole
        for field in model._meta.fields
        if isinstance(field, models.IntegerField) and not (field.primary_key or field.flatchoices)
    }


class Refusing:
    """Mixed into a form: what it refuses names a decimal limit as it is written in the language of the page."""

    def add_error(self, field: str | None, error: Any) -> None:
        if isinstance(error, ValidationError):
            for each in _each(error):
                each.params = each.params and {name: _written(value) for name, value in each.params.items()}
        super().add_error(field, error)


def _each(error: ValidationError) -> Iterator[ValidationError]:
    """The single refusals that one is made of."""
    parts = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    for part in parts:
        yield from part


def _written(value: Any) -> Any:
    return (
        number_format(value, force_grouping=True)
        if isinstance(value, Decimal) and value.is_finite()
        else value
    )
