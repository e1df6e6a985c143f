"""A till's screen for its customers: a second device, paired with a code that the till shows, and what is on it.

code = displays.new_code(till=till)                  # the till shows it
till, token = displays.pair(code=code)               # the second device keeps the token
displays.show(till=till, moment={...})               # the till says what has happened
displays.shown(till=displays.recognise(token))       # the second device asks, again and again

What is on the screen is about whoever stands there: it is kept nowhere but in the cache, for a minute at most.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.cache import cache

from tenancy import scope, tills
from tenancy.errors import TillCodeWrong
from tenancy.models import Till

COOKIE = "display"
CODE_LIFE = timedelta(minutes=10)
SHOWN_FOR = timedelta(seconds=60)


def new_code(*, till: Till) -> str:
    """A code that pairs one device with a till within `CODE_LIFE`."""
    code = tills.random_code()
    cache.set(_code_key(code), till.pk, timeout=CODE_LIFE.total_seconds())
    return code


def pair(*, code: str) -> tuple[Till, str]:
    """Make a device the screen of the till that showed a code, which is used up; the screen before it ends.

    Returns the till and the token that the device keeps. Raises TillCodeWrong for a code that is unknown, used or over.
    """
    key, token = _code_key(code), secrets.token_urlsafe(32)
    till_id = cache.get(key)
    if till_id is None or not cache.delete(key):  # of two devices with the same code one deletes it
        raise TillCodeWrong()
    with scope.everything("a code decides the scope"):
        enrolled = Till.objects.filter(tills.LIVING, pk=till_id, token_hash__isnull=False)
        if not enrolled.update(display_hash=tills.digest(token)):
            raise TillCodeWrong()
        return Till.objects.select_related("store").get(pk=till_id), token


def recognise(token: str) -> Till | None:
    """The living till whose screen carries a token, with its store; None for anything else."""
    with scope.everything("a credential decides the scope"):
        living = Till.objects.filter(tills.LIVING, display_hash=tills.digest(token))
        return living.select_related("store").first()


def show(*, till: Till, moment: Mapping[str, Any] | None) -> None:
    """Put something on a till's screen, for a minute at most; None for nobody's."""
    if moment is None:
        cache.delete(_shown_key(till))
    else:
        cache.set(_shown_key(till), dict(moment), timeout=SHOWN_FOR.total_seconds())


def shown(*, till: Till) -> dict[str, Any] | None:
    """What is on a till's screen now."""
    moment: dict[str, Any] | None = cache.get(_shown_key(till))
    return moment


def _code_key(code: str) -> str:
    return f"display:code:{tills.code_digest(code)}"


def _shown_key(till: Till) -> str:
    return f"display:shown:{till.pk}"
