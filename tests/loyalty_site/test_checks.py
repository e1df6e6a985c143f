"""What `manage.py check` says about settings that go wrong in silence."""

import pytest
from pytest_django import Settings

from loyalty_site import checks


@pytest.mark.parametrize(
    ("address", "findings"),
    [
        ("https://cards.example.com", []),
        ("http://cards.example.com", ["loyalty_site.E001"]),
        ("https://cards.example.com/", ["loyalty_site.E001"]),
    ],
)
def test_customers_get_https_addresses(settings: Settings, address: str, findings: list[str]) -> None:
    settings.PUBLIC_BASE_URL = address
    assert [message.id for message in checks.public_address(None)] == findings
