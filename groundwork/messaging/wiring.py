"""What a lower app asks of those above it, without knowing them.

`loyalty_site/wiring.py` fills both tables with dotted paths: SUBSCRIBERS (event -> handlers) and PROVIDERS
(name -> callables). They are imported once, on first use.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _table(setting: str) -> Mapping[str, list[str]]:
    return import_string(getattr(settings, setting))


@cache
def providers(name: str) -> tuple[Callable[..., Any], ...]:
    """The callables registered under a name; none if nobody provides it."""
    return tuple(import_string(path) for path in _table("PROVIDERS_TABLE").get(name, []))


def subscribers(event: str) -> list[str]:
    """The dotted paths of the handlers that listen to an event."""
    return list(_table("SUBSCRIBERS_TABLE").get(event, []))


@cache
def handler(path: str) -> Callable[[Mapping[str, Any]], None]:
    """The handler behind a dotted path. Raises ImportError if it is gone."""
    return import_string(path)


def forget() -> None:
    """Read the tables again (for tests that change them)."""
    _table.cache_clear()
    providers.cache_clear()
