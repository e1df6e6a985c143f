"""Logs are read by many: nothing personal and no secret may stand in them."""

import io
import json
import logging
import re
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
        ("GET '/cards/?last=weber&o=lea%20weber'>", "GET '/cards/?last=***&o=***'>"),
        ("GET /card/Zk3vJt-9x?lang=fr", "GET /card/***?lang=fr"),
        ("/v1/devices/0f9ab2/registrations/pass.x/7c1d", "/v1/devices/***/registrations/pass.x/***"),
        ("/v1/passes/pass.x/7c1d", "/v1/passes/pass.x/***"),
        ("lea@localhost and <tom@example.lu>", "*** and <***>"),
        ("call +352 621 123 456 now", "call *** now"),
        ("call 00352621123456 now", "call *** now"),
        ("at 2026-11-01T10:00:00+00:00", "at 2026-11-01T10:00:00+00:00"),
        ("{'last_name': 'van der Berg', 'stamps': 3}", "{'last_name': '***', 'stamps': 3}"),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: ***; csrftoken=***"),
        ("Key (last_name)=(Weber (junior)) already exists.", "Key (last_name)=(***) already exists."),
        ("Key (merchant_id, lower(email))=(1, a b) is", "Key (merchant_id, lower(email))=(***) is"),
        ("Failing row contains (7, Lea, likes\ntea).\nnext", "Failing row contains (***)\nnext"),
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


@pytest.mark.parametrize(
    "secret", ["lea@example.com", "?q=lea", "pin=4711", "'pin': '47 11", "+352 621 123 456"]
)
def test_a_long_value_is_cut_where_no_secret_is_halved(secret: str) -> None:
    for before in range(logs.LONGEST_TEXT - 2 * len(secret), logs.LONGEST_TEXT + 2):
        written = logs.mask_value(
            "x" * (before // 2) + " " + "y" * (before - before // 2) + " " + secret + " z" * 9
        )
        assert len(written) <= logs.LONGEST_TEXT + len(logs.CUT) + len(logs.MASK)
        assert not re.search("lea|47 ?1|621", written)


def test_a_word_without_end_is_not_written() -> None:
    assert logs.mask_value("x" * (logs.LONGEST_TEXT + 1)) == logs.CUT
    assert logs.mask_value("x" * logs.LONGEST_TEXT) == "x" * logs.LONGEST_TEXT


def test_a_long_trace_keeps_its_first_and_its_last_lines() -> None:
    trace = "\n".join(f"line {number}" for number in range(1_000))
    lines = logs.mask_item("exception", trace).split("\n")
    assert (lines[0], lines[logs.MOST_LINES], lines[-1]) == ("line 0", logs.CUT, "line 999")
    assert len(lines) == 2 * logs.MOST_LINES + 1


def test_a_long_list_is_cut_too() -> None:
    assert logs.mask_value(list(range(1_000))) == list(range(logs.MOST_ITEMS))
    assert len(logs.mask_value({str(number): number for number in range(1_000)})) == logs.MOST_ITEMS
    assert logs.mask_value({"lea@example.com": 1}) == {"***": 1}
