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
