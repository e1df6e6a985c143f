"""Types become serializers, which the OpenAPI document is made of: what is sent has one description, its type.

This is done when a view is described, never for a request: answers are plain dicts already.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from django.db.models import Choices
from rest_framework import serializers
from rest_framework.serializers import Field, Serializer

from groundwork.formats.wire import Address, Day, Moment

PLAIN: Mapping[Any, type[Field]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    str: serializers.CharField,
    Moment: serializers.DateTimeField,
    Day: serializers.DateField,
    Address: serializers.URLField,
}


@cache
def serializer_of(output: Any) -> type[Serializer]:
    """The serializer that describes a TypedDict, under its name and with its docstring.

    A generic one is described for what it is made of: `Page[Card]` as CardPage. Raises TypeError for a type that
    JSON answers are not made of.
    """
    shape, content = get_origin(output) or output, get_args(output)
    hints = get_type_hints(shape, include_extras=True)
    fields = {name: field_of(hint[content] if _is_open(hint) else hint) for name, hint in hints.items()}
    name = "".join(one.__name__ for one in (*content, shape))
    return type(name, (Serializer,), {"__doc__": shape.__doc__, **fields})


def field_of(hint: Any, **options: Any) -> Field:
    """The field that describes a value of a type.

    `Annotated` may say a text for people, or options of the field by name; `NotRequired` that it may be missing.
    """
    kind, inner = get_origin(hint), get_args(hint)
    if kind is NotRequired:
        return field_of(inner[0], required=False, **options)
    if kind is Annotated:
        said = inner[1]
        return field_of(inner[0], **options | (said if isinstance(said, dict) else {"help_text": said}))
    if kind in (Union, UnionType):
        (present,) = (one for one in inner if one is not NoneType)
        return field_of(present, allow_null=True, **options)
    if kind is Literal:
        return serializers.ChoiceField(inner, **options)
    if kind is dict:
        return serializers.DictField(child=field_of(inner[1]), **options)
    if kind is list:
        return _list_of(inner[0], options)
    return _plain(hint, options)


def _list_of(content: Any, options: dict[str, Any]) -> Field:
    if is_typeddict(content):
        return serializer_of(content)(many=True, **options)
    return serializers.ListField(child=field_of(content), **options)


def _plain(hint: Any, options: dict[str, Any]) -> Field:
    if is_typeddict(hint):
        return serializer_of(hint)(**options)
    if hint in PLAIN:
        return PLAIN[hint](**options)
    if isinstance(hint, type) and issubclass(hint, Choices):
        return serializers.ChoiceField(hint.values, **options)
    raise TypeError(f"{hint!r} is not described")


def _is_open(hint: Any) -> bool:
    """Whether something is yet to be said of a generic type: `list[Row]`."""
    return bool(getattr(hint, "__parameters__", ()))
