"""Services are called inside an open scope, as their doors do it; and after each test the ledger verifies."""

from collections.abc import Iterator

import pytest

from loyalty.reporting import verification
from tenancy import scope


@pytest.fixture(autouse=True)
def ledger_verifies(db: None) -> Iterator[None]:
    with scope.everything("tests"):
        yield
        assert [str(difference) for difference in verification.differences()] == []
