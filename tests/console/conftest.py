"""What the console's tests stand on."""

import pytest

from tests.console import world as worlds
from tests.console.world import World


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()
