"""Limits per client, and who the client is."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from pytest_django import Settings

from groundwork.errors import RateLimited
from groundwork.web import client, rate_limits


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> None:
    settings.RATE_LIMITS = {"lookup": "3/m", "other": "1/h"}


def test_the_fourth_call_within_a_minute_is_told_how_long_to_wait() -> None:
    with time_machine.travel("2026-03-10T11:00:20Z", tick=False) as clock:
        for _call in range(3):
            rate_limits.check("lookup", "192.0.2.7")
        with pytest.raises(RateLimited) as caught:
            rate_limits.check("lookup", "192.0.2.7")
        assert caught.value.extra == {"retry_after": 60}
        clock.shift(61)
        rate_limits.check("lookup", "192.0.2.7")


def test_a_minute_begins_with_a_clients_first_call_and_not_with_the_clocks() -> None:
    with time_machine.travel("2026-03-10T11:00:58Z", tick=False) as clock:
        for _call in range(3):
            rate_limits.check("lookup", "192.0.2.7")
            clock.shift(1)
        with pytest.raises(RateLimited) as caught:
            rate_limits.check("lookup", "192.0.2.7")
        assert caught.value.extra == {"retry_after": 57}


def test_each_client_and_each_limit_is_counted_apart() -> None:
    for client_address in ("192.0.2.7", "192.0.2.8"):
        for _call in range(3):
            rate_limits.check("lookup", client_address)
    rate_limits.check("other", "192.0.2.7")
    with pytest.raises(RateLimited):
        rate_limits.check("other", "192.0.2.7")


def test_without_a_cache_nobody_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", broken)
    for _call in range(10):
        rate_limits.check("lookup", "192.0.2.7")


@pytest.mark.parametrize(("text", "parsed"), [("10/m", (10, 60)), ("1/s", (1, 1)), ("120/10m", (120, 600))])
def test_limits_are_written_like_10_a_minute(text: str, parsed: tuple[int, int]) -> None:
    assert rate_limits.parse(text) == parsed


@pytest.mark.parametrize("text", ["", "10", "0/m", "10/0m", "10/d", "-1/m", "1.5/m", "10/m/s", "\u0661/m"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="No rate"):
        rate_limits.parse(text)


# --- Who is calling ---------------------------------------------------------------------------------------


def request_from(forwarded: str | None) -> object:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, " , ", "10.0.0.1"),
    ],
)
def test_an_address_that_anyone_can_send_is_not_believed(
    settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client.address(request_from(forwarded)) == address


def test_a_long_agent_is_cut_to_what_the_ledger_keeps() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "x" * 5000})
    assert client.agent(request) == "x" * 200
