"""The filters of Liquid that a text may use, each held to small values.

A *bounded* value is one that an e-mail can need; filters in a loop could square a text with each turn.
"""

import re
from collections.abc import Callable
from functools import wraps
from math import isfinite
from typing import Any

from liquid.builtin.filters import array, math, misc, string
from liquid.exceptions import ResourceLimitError

_MAXIMUM_WORDS = 2_000  # characters of one value, on its way through the filters
_MAXIMUM_ITEMS = 300
_MAXIMUM_NUMBER = 10**15
_DIGITS = re.compile(r"\A(?:\s*[+-]?[\d_]{16,}|.*\d[eE][+-]?\d)")


def pluralize(number: Any, singular: str = "", plural: str = "") -> str:
    """`{{ points | pluralize: "point", "points" }}`: the first word for one, the second for any other number."""
    return str(singular if str(number) == "1" else plural)


def first_name(name: Any) -> str:
    """`{{ customer_name | first_name }}`: up to the first space, as names are split elsewhere."""
    return str(name or "").partition(" ")[0]


FILTERS: dict[str, Callable[..., Any]] = {
    "pluralize": pluralize,
    "first_name": first_name,
    "default": misc.default,
    "size": misc.size,
    "abs": math.abs_,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "divided_by": math.divided_by,
    "minus": math.minus,
    "modulo": math.modulo,
    "plus": math.plus,
    "times": math.times,
    "append": string.append,
    "capitalize": string.capitalize,
    "downcase": string.downcase,
    "lstrip": string.lstrip,
    "prepend": string.prepend,
    "remove": string.remove,
    "remove_first": string.remove_first,
    "replace": string.replace,
    "replace_first": string.replace_first,
    "rstrip": string.rstrip,
    "slice": string.slice_,
    "split": string.split,
    "strip": string.strip,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "upcase": string.upcase,
    "url_encode": string.url_encode,
    "first": array.first,
    "join": array.join,
    "last": array.last,
}


class TooLarge(ResourceLimitError):
    """A value that grew beyond what an e-mail can need."""


def bounded(value: Any) -> Any:
    """The value, if it is small. Raises TooLarge: filters can square a text with each turn of a loop."""
    if isinstance(value, str):
        fits = len(value) <= _MAXIMUM_WORDS
    elif isinstance(value, list | tuple | range):
        fits = len(value) <= _MAXIMUM_ITEMS and all(bounded(item) is item for item in value)
    elif isinstance(value, int | float):
        fits = isfinite(value) and abs(value) <= _MAXIMUM_NUMBER
    else:
        fits = True
    if not fits:
        raise TooLarge("value is too large", token=None)
    return value


def guarded(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that refuses values that are too large, before and after. Raises TooLarge."""
    numeric = filter_.__module__ == math.__name__

    @wraps(filter_)
    def held(*values: Any, **options: Any) -> Any:
        for value in values:
            bounded(value)
            if numeric and isinstance(value, str) and _DIGITS.match(value):
                raise TooLarge("number is too large", token=None)
        return bounded(filter_(*values, **options))

    return held
