"""Pages of a list: {"count", "next", "previous", "results"}, counted only as far as anybody reads."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, NotRequired, TypedDict, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from groundwork.errors import Invalid, NotFound
from groundwork.formats.wire import Address

PAGE_SIZE = 50
MAXIMUM_PAGE_SIZE = 100
MAXIMUM_COUNT = 10_000
MAXIMUM_PAGE = 1_000_000
Row = TypeVar("Row")


class Page(TypedDict, Generic[Row]):
    """One page of a list, and where its neighbours are."""

    count: Annotated[int, {"max_value": MAXIMUM_COUNT}]
    count_is_minimum: NotRequired[Annotated[bool, "There are more than `count`."]]
    next: Address | None
    previous: Address | None
    results: list[Row]


def page_of(request: Request, rows: QuerySet, present: Callable[[list[Any]], Sequence[Row]]) -> Page[Row]:
    """The page of `rows` (in order) that the query's `page` and `page_size` ask for; `present` gets its rows.

    `count` is exact to 10,000; beyond that it is 10,000 and `count_is_minimum` true. Raises Invalid for numbers
    that are none, NotFound for a page behind the last one.
    """
    number = _asked(request, "page", 1)
    size = min(_asked(request, "page_size", PAGE_SIZE), MAXIMUM_PAGE_SIZE)
    if number > MAXIMUM_PAGE:
        raise NotFound()
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    if not found and number > 1:
        raise NotFound()
    is_last = len(found) <= size
    answer: Page[Row] = {
        "count": start + len(found) if is_last else _count(rows),
        "next": None if is_last else _address(request, number + 1),
        "previous": _address(request, number - 1) if number > 1 else None,
        "results": list(present(found[:size])),
    }
    if answer["count"] > MAXIMUM_COUNT:
        answer["count"], answer["count_is_minimum"] = MAXIMUM_COUNT, True
    return answer


def _count(rows: QuerySet) -> int:
    """How many rows there are, but never more than one above the maximum: the database stops there."""
    return rows.order_by().values("pk")[: MAXIMUM_COUNT + 1].count()


def _asked(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and text.strip("0")):
        raise Invalid.field(name, _("Enter a whole number, 1 or more."))
    return int(text) if len(text) <= 18 else 10**18


def _address(request: Request, number: int) -> Address:
    here = request.build_absolute_uri()
    first = remove_query_param(here, "page")
    return Address(first if number == 1 else replace_query_param(here, "page", number))
