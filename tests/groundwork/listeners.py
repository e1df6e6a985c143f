"""Who listens in the tests of the outbox: one that notes what it hears, and one that can be told to fail."""

from collections.abc import Mapping
from typing import Any

from groundwork.messaging.wiring import Subscription
from loyalty.events import ProgramChanged, RewardReady
from tenancy import scope
from tenancy.models import Store

heard: list[tuple[Mapping[str, Any], Any]] = []
failures: list[Exception] = []


def note(event: Mapping[str, Any]) -> None:
    """Remember the event and the scope it was heard in."""
    heard.append((event, scope.current()))


def stumble(event: Mapping[str, Any]) -> None:
    """Write something, and then fail if a failure is planned."""
    Store.objects.update(city="Written by a listener")
    if failures:
        raise failures.pop(0)


SUBSCRIPTIONS = [
    Subscription("tests.note", RewardReady, note),
    Subscription("tests.stumble", RewardReady, stumble),
    Subscription("tests.note_programs", ProgramChanged, note),
]
