"""What several tests of loyalty begin with."""

from collections.abc import Iterator

import pytest

from tests.loyalty.books import Books, kept


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """A shop in which everything was kept as promised."""
    with kept() as made:
        yield made
