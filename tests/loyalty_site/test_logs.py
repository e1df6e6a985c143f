"""Logs are read by many: nothing personal and no secret may stand in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from loyalty_site import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the production formatter writes for the logger "shop"."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    logger = logging.getLogger("shop")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def test_a_line_is_json_with_its_extra_fields(lines: io.StringIO) -> None:
    logging.getLogger("shop").warning("card %s not found", 12, extra={"store": "mirabel-gare"})
    written = json.loads(lines.getvalue())
    assert written.pop("timestamp")
    assert written == {
        "event": "card 12 not found",
        "level": "warning",
        "logger": "shop",
        "store": "mirabel-gare",
    }


def test_an_error_keeps_its_trace_without_the_address_in_it(lines: io.StringIO) -> None:
    try:
        raise ValueError("Key (email)=(lea@example.com) already exists")
    except ValueError:
        logging.getLogger("shop").exception("failed")
    trace = json.loads(lines.getvalue())["exception"]
    assert "ValueError: Key (email)=(***) already exists" in trace


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mail to lea.weber+cards@mail.example.lu refused", "mail to *** refused"),
        ("GET /card/Zk3vJt-9x/history/", "GET /card/***/history/"),
        ("Authorization: Bearer abc.def-1", "Authorization: *** ***"),
        ("header ApplePass 0f9ab2", "header ApplePass ***"),
        ("{'pin': '4711', 'name': 'Tom'}", "{'pin': '***', 'name': 'Tom'}"),
        ("password=hunter2&next=/", "password=***&next=/"),
        ("staff_token=abc", "staff_token=***"),
        ("GET '/cards/lookup/?q=KDEBFXAUGRXJSBSEXRLTRJQFGBUXEB'>", "GET '/cards/lookup/?q=***'>"),
        ("GET '/cards/?page=2&search=lea%20weber'>", "GET '/cards/?page=2&search=***'>"),
        ("GET '/join/?email=lea%40example.com'>", "GET '/join/?email=***'>"),
        ("the pin was wrong", "the pin was wrong"),
        ("points 4711", "points 4711"),
    ],
)
def test_what_is_masked(text: str, written: str) -> None:
    assert logs.mask(text) == written


def test_fields_that_are_named_like_secrets_are_masked_whole() -> None:
    fields = {"staff_token": "abc", "email": "x", "card_id": 7, "nested": {"pin": 4711}, "email_log_id": 3}
    assert logs.mask_value(fields) == {
        "staff_token": "***",
        "email": "***",
        "card_id": 7,
        "nested": {"pin": "***"},
        "email_log_id": 3,
    }
