"""What is told of endpoints, deliveries and events."""

import json
from collections.abc import Iterable
from typing import Annotated, Literal, NotRequired, TypedDict

from groundwork.formats.wire import Moment, moment
from loyalty.outputs.card import Card
from loyalty.outputs.customer import CustomerFacts
from loyalty.outputs.program import Program
from loyalty.outputs.purchase import Purchase
from loyalty.outputs.transaction import Transaction
from webhooks import models
from webhooks.models import OPEN, State


class Endpoint(TypedDict):
    """An address that is told of events; `types` empty: of all. `switched_off`: not by its owner, and why."""

    id: int
    merchant: Annotated[str, "The merchant's slug."]
    url: str
    types: list[str]
    description: str
    is_active: bool
    switched_off: Literal["", "gone", "failing"]
    failing_since: Moment | None
    created_at: Moment


class NewEndpoint(Endpoint):
    """With its secret, which is shown this once."""

    secret: str


class Secret(TypedDict):
    """The secret from now on, which is shown this once; the one before signs as well for 24 hours."""

    secret: str


class Delivery(TypedDict):
    """One event on its way to one endpoint. `trouble`: why there was no answer, in a word."""

    id: int
    event_id: str
    type: str
    state: State
    attempts: int
    next_attempt_at: Moment | None
    attempted_at: Moment | None
    response_status: int | None
    response_body: str
    trouble: str
    created_at: Moment


class Replayed(TypedDict):
    """How many events are sent again."""

    events: int


class EventData(TypedDict):
    """What an event is about; its type says which of these there are. `sequence` grows with each event of a card."""

    sequence: int
    transaction: NotRequired[Transaction | None]
    transactions: NotRequired[list[Transaction]]
    card: NotRequired[Card]
    purchase: NotRequired[Purchase]
    customer: NotRequired[CustomerFacts]
    program: NotRequired[Program]


class Event(TypedDict):
    """Something that happened, in the words in which endpoints are told."""

    id: str
    type: str
    timestamp: Moment
    data: EventData


class Feed(TypedDict):
    """Events in their order. `next_cursor` is where to go on reading, also where there is nothing more yet."""

    events: list[Event]
    next_cursor: str
    has_more: bool


def endpoint(row: models.Endpoint) -> Endpoint:
    return {
        "id": row.pk,
        "merchant": row.merchant.slug,
        "url": row.url,
        "types": row.types,
        "description": row.description,
        "is_active": row.is_active,
        "switched_off": row.switched_off,  # type: ignore[typeddict-item]
        "failing_since": moment(row.failing_since),
        "created_at": moment(row.created_at),
    }


def endpoints(rows: Iterable[models.Endpoint]) -> list[Endpoint]:
    return [endpoint(row) for row in rows]


def delivery(row: models.Delivery) -> Delivery:
    return {
        "id": row.pk,
        "event_id": row.event.event_id,
        "type": row.event.type,
        "state": State(row.state),
        "attempts": row.attempts,
        "next_attempt_at": moment(row.next_attempt_at) if row.state in OPEN else None,
        "attempted_at": moment(row.attempted_at),
        "response_status": row.response_status,
        "response_body": row.response_body,
        "trouble": row.trouble,
        "created_at": moment(row.created_at),
    }


def deliveries(rows: Iterable[models.Delivery]) -> list[Delivery]:
    return [delivery(row) for row in rows]


def event(row: models.Event) -> Event:
    said: Event = json.loads(row.body)
    return {**said, "id": row.event_id}
