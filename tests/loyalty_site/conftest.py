"""What the servers' tests share."""

import pytest

from loyalty_site.servers import kept


@pytest.fixture
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server that the tests themselves run with."""
    for name in (*kept.NAMES, "LOCAL_SERVERS"):
        monkeypatch.delenv(name, raising=False)
