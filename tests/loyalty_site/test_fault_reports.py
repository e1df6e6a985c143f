"""What Sentry is told of a fault: where it was and of which kind, and nothing of anybody."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from loyalty_site import fault_reports

DSN = "https://key@sentry.example.com/1"
SENT: list[dict[str, Any]] = []


class Kept(Transport):
    """A way to Sentry that ends here."""

    def capture_envelope(self, envelope: Envelope) -> None:
        SENT.extend(item.payload.json for item in envelope.items if item.payload.json)


@pytest.fixture
def sentry(settings: Settings) -> Iterator[None]:
    settings.SENTRY_DSN = DSN
    SENT.clear()
    client = sentry_sdk.Client(**fault_reports.options(), transport=Kept, default_integrations=False)
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        yield


def test_a_fault_is_told_with_its_place_and_without_anybody(sentry: None) -> None:
    phone = "+352 621 123 456"
    with sentry_sdk.new_scope() as scope:
        scope.set_user({"email": "lea@example.com", "ip_address": "192.0.2.7"})
        scope.set_extra("args", ["lea@example.com"])
        scope.set_tag("card", "https://cards.example.com/card/4f3a9b1c7d/")
        try:
            raise ValueError(f"'Léa Weber' lea@example.com {phone} pin=4711")
        except ValueError as error:
            sentry_sdk.capture_exception(error)
    (event,) = SENT
    (told,) = event["exception"]["values"]
    assert told["type"] == "ValueError"
    frame = told["stacktrace"]["frames"][-1]
    assert frame["function"] == "test_a_fault_is_told_with_its_place_and_without_anybody"
    assert "vars" not in frame
    text = json.dumps(event | {"exception": {"values": [told | {"stacktrace": None}]}}, ensure_ascii=False)
    for word in ("Léa", "lea@", r"\b621\b", r"\b4711\b", "192.0.2.7", "4f3a9b1c7d"):
        assert not re.search(word, text)
    assert not {"request", "user", "server_name", "extra"} & event.keys()


def test_a_line_of_the_log_is_masked_as_in_the_log(sentry: None) -> None:
    sentry_sdk.capture_message("no mail to lea@example.com", level="error")
    (event,) = SENT
    assert event["message"] == "no mail to ***"


def test_without_a_name_nobody_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[dict[str, Any]] = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: begun.append(options))
    fault_reports.set_up()
    assert begun == []
    settings.SENTRY_DSN = DSN
    fault_reports.set_up()
    assert [options["dsn"] for options in begun] == [DSN]
