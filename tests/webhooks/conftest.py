"""A café that tells others what happens, and a receiver that hears it."""

import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from groundwork.messaging import outbox
from tenancy import scope
from tests import factories
from tests.webhooks.receiver import Receiver
from webhooks.models import Delivery, Endpoint
from webhooks.services import delivery, endpoints


@pytest.fixture
def shop(db: None) -> factories.Shop:
    return factories.shop()


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with Receiver() as made:
        yield made


def listen(shop: factories.Shop, url: str, *types: str, **fields: object) -> tuple[Endpoint, str]:
    """An endpoint of a shop, and its secret."""
    with factories.inside(shop):
        return endpoints.create(merchant=shop.merchant, url=url, types=types, **fields)


def deliver() -> int:
    """Let handlers hear, make events of what has happened, and send what is due."""
    outbox.relay()
    return delivery.run()


def said(receiver: Receiver) -> list[dict]:
    """What a receiver was told, in the order of the events."""
    bodies = [json.loads(each.body) for each in receiver.got]
    return sorted(bodies, key=lambda body: body["data"]["sequence"])


def told(receiver: Receiver) -> list[str]:
    """The types that a receiver was told of, in the order of the events."""
    return [body["type"] for body in said(receiver)]


def deliveries(endpoint: Endpoint) -> list[tuple[str, int, int | None]]:
    """State, attempts and answer of all that goes to an endpoint, oldest event first."""
    with scope.everything("a test looks"):
        rows = Delivery.objects.filter(endpoint=endpoint).order_by("event__position")
        return list(rows.values_list("state", "attempts", "response_status"))
