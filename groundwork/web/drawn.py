"""Pictures that are drawn on demand: each once, and one at a time in a process, so that drawing leaves others be."""

import threading
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")

_pen = threading.RLock()  # one drawing may be made of others


def once(maxsize: int) -> Callable[[Callable[Given, Made]], Callable[Given, Made]]:
    """Keep what a function draws, the `maxsize` last used ones; who asks for one that is being drawn gets that one."""

    def decorate(draw: Callable[Given, Made]) -> Callable[Given, Made]:
        kept = lru_cache(maxsize)(draw)

        @wraps(draw)
        def drawn(*args: Given.args, **kwargs: Given.kwargs) -> Made:
            with _pen:
                return kept(*args, **kwargs)  # type: ignore[arg-type]  # lru_cache asks that they be hashable

        return drawn

    return decorate
