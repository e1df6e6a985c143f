"""How apps are joined that do not know each other; `loyalty_site/wiring.py` is the one place that joins them.

A *subscription* hands an event to a handler, through the outbox. Its name stands in the waiting rows, so that a
handler can be renamed or moved and strands none.

A *port* is a question that a lower app asks of those above it, typed by a Protocol of the lower app:

    class PersonalData(Protocol):
        def export(self, customer: Customer) -> dict[str, Any]: ...

    personal_data: Port[PersonalData] = Port()

    for app in personal_data:
        data |= app.export(customer)
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Handler = Callable[[Mapping[str, Any]], None]
Answering = TypeVar("Answering")


class Port(Generic[Answering]):
    """Whoever answers a question, in the order of the wiring; nobody, until it is filled."""

    def __init__(self) -> None:
        self._filled: tuple[Answering, ...] = ()

    def fill(self, *answering: Answering) -> None:
        """Say who answers, in place of those who did."""
        self._filled = answering

    def __iter__(self) -> Iterator[Answering]:
        return iter(self._filled)

    @contextmanager
    def filled(self, *answering: Answering) -> Iterator[None]:
        """Have others answer for as long as the block lasts (for tests)."""
        before = self._filled
        self.fill(*answering)
        try:
            yield
        finally:
            self.fill(*before)


@dataclass(frozen=True)
class Subscription:
    """`handler` hears of each `event`, as its payload; `name` is for ever.

    `joins`: events that wait together and differ in their lists alone are heard as one, their lists one after another.
    `order`: those who name the same one, and join nothing, hear of what happens at one merchant in the order in which
    it was announced, however many workers there are. What has failed keeps nobody waiting.
    """

    name: str
    event: type[Any]
    handler: Handler
    joins: bool = False
    order: str = ""


class Subscriptions(Port[Subscription]):
    """All subscriptions, by event and by name."""

    def names_for(self, event: Any) -> list[str]:
        """The names of those who listen to an event."""
        return [each.name for each in self if each.event is type(event)]

    def handler(self, name: str) -> Handler:
        """The handler behind a name. Raises LookupError if nobody has that name any more."""
        for each in self:
            if each.name == name:
                return each.handler
        raise LookupError(f"Nobody subscribes under the name {name!r}.")

    def joins(self, name: str) -> bool:
        """Whether who has a name hears events as one that wait together."""
        return any(each.name == name and each.joins for each in self)

    def in_order_with(self, name: str) -> list[str]:
        """The names of those, itself among them, who hear in one order; nobody where it heeds none."""
        orders = {each.order for each in self if each.name == name and each.order}
        return [each.name for each in self if each.order in orders]


subscriptions = Subscriptions()
