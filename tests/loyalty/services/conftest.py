"""Services are called inside an open scope, as their doors do it; and after each test the ledger verifies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty import verification
from tenancy import scope

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def ledger_verifies(db: None) -> Iterator[None]:
    with scope.everything("tests"):
        yield
        assert [str(difference) for difference in verification.differences()] == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The shop that is tried out at home runs on SQLite: its services are tested there too."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.sqlite)
