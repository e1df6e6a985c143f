"""Who listens to the outbox in these tests, and whose events they hear."""

from collections.abc import Iterator

import pytest

from groundwork.messaging.wiring import subscriptions
from tenancy.models import Merchant
from tests import factories
from tests.groundwork import listeners


@pytest.fixture
def listening() -> Iterator[None]:
    listeners.heard.clear()
    listeners.failures.clear()
    with subscriptions.filled(*listeners.SUBSCRIPTIONS):
        yield


@pytest.fixture
def merchant() -> Merchant:
    return factories.store().merchant
