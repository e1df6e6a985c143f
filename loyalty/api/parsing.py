"""Reading a request's body: JSON of a sane size and depth, that can be stored as text."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from groundwork.errors import Invalid
from loyalty.api.errors import BodyTooLarge

MAXIMUM_DEPTH = 20
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BodyParser(BaseParser):
    """JSON after RFC 8259, in UTF-8. Raises Invalid for anything else, BodyTooLarge for too much of it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge()
        return loads(stream.read())


def loads(body: bytes) -> Any:
    """The value of a JSON text. Raises Invalid if it is none, is nested too deep, or holds half characters."""
    try:
        text = body.decode()
        data = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise _refusal("too_deep", _("The body is nested too deep.")) from None
    except ValueError:
        raise _refusal("parse_error", _("The body is not valid JSON.")) from None
    if _is_deeper_than(MAXIMUM_DEPTH, data):
        raise _refusal("too_deep", _("The body is nested too deep."))
    if SURROGATE.search(text) and not _is_unicode(data):
        raise _refusal("parse_error", _("The body is not valid Unicode."))
    return data


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and the infinities are not JSON


def _refusal(code: str, message: str | Promise) -> Invalid:
    return Invalid.field("", message, code)


def _is_deeper_than(limit: int, data: Any) -> bool:
    level: list[Any] = [data]
    for _depth in range(limit):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _is_unicode(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
