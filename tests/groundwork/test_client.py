"""Whose call it is, however the proxy writes it: what cannot be read would make all callers one."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from groundwork.web import client


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:c000:201]:4711", "192.0.2.1"),
        ("unknown", "198.51.100.7"),
        ("192.0.2.1:4711:1", "198.51.100.7"),
    ],
)
def test_an_address_is_read_with_its_port_and_in_its_brackets(
    settings: Settings, written: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", headers={"X-Forwarded-For": written}, REMOTE_ADDR="198.51.100.7")
    assert client.address(request) == address


@pytest.mark.parametrize(
    ("told", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_network_is_what_one_caller_can_choose_within(told: str, network: str) -> None:
    assert client.network(RequestFactory().get("/", REMOTE_ADDR=told)) == network
