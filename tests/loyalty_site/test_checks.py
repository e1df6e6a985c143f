"""What `manage.py check` says about settings that go wrong in silence."""

import pytest
from pytest_django import Settings

from loyalty_site import checks


def test_a_wallet_that_is_set_up_by_half_is_named_with_what_is_missing(settings: Settings) -> None:
    settings.WALLET_GOOGLE_ISSUER_ID = "3388000000022"
    settings.WALLET_GOOGLE_SERVICE_ACCOUNT = ""
    [message] = checks.wallet_settings(None)
    assert message.id == "loyalty_site.W002"
    assert message.hint == "Set WALLET_GOOGLE_SERVICE_ACCOUNT as well, or none of them."


def test_no_wallet_at_all_is_fine(settings: Settings) -> None:
    for name in checks.APPLE_SETTINGS + checks.GOOGLE_SETTINGS:
        setattr(settings, name, "")
    assert checks.wallet_settings(None) == []


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
