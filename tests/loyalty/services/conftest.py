"""Services are called inside an open scope, as their doors do it."""

from collections.abc import Iterator

import pytest

from tenancy import scope


@pytest.fixture(autouse=True)
def in_scope(db: None) -> Iterator[None]:
    with scope.everything("tests"):
        yield
