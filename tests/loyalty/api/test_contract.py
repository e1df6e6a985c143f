"""The whole document is fuzzed: whatever is sent, the answer is one that is documented, and never a 5xx."""

import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loyalty.models import CardCode, LoyaltyTransaction, Purchase
from loyalty_site.wsgi import application
from tests import factories
from tests.loyalty.api.till import Caller
from tests.one_row_each import a_delivery

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 15

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests stay inside the test's transaction: Django would close the connection after each."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def known(db: None, settings: Any) -> dict[str, Any]:
    """What is really there, by the name of the path's parameter."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "1000000/h")
    shop = factories.shop()
    card = factories.card(shop.store, email="anna@example.com", stamps=12, cents=10_000)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.filter(card=card).order_by("-id")[0]
        bought = Purchase.objects.get(card=card)
        told = a_delivery(shop)
        code = CardCode.objects.create(merchant=shop.merchant, card=card, code="OLD 17")
    return {
        "store_code": shop.store.store_code,
        "card_id": card.pk,
        "pin_id": factories.staff_pin(shop.store).pk,
        "transaction_id": line.pk,
        "purchase_id": bought.pk,
        "code_id": code.pk,
        "row_id": shop.program.pk,
        "promotion_id": factories.promotion(shop.program).pk,
        "endpoint_id": told.endpoint_id,
        "delivery_id": told.pk,
    }


@pytest.fixture
def signed_in(db: None) -> dict[str, str]:
    """The headers of an operator's session: nothing is refused for who is calling."""
    cookies = Caller(factories.operator()).client.cookies
    token = "x" * 32
    return {"Cookie": f"sessionid={cookies['sessionid'].value}; csrftoken={token}", "X-CSRFToken": token}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_a_documented_one(
    case: schemathesis.Case, known: dict[str, Any], signed_in: dict[str, str]
) -> None:
    # Three of four go to what is really there: what is made up is mostly a 404.
    if zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode()) % 4:
        case.path_parameters |= {name: known[name] for name in case.path_parameters}
    case.call_and_validate(headers=signed_in, checks=CHECKS)
