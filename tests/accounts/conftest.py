"""Somebody who works at a shop, and a mail server to write to."""

import pytest

from tenancy.models import User
from tests import factories
from tests.accounts.house_id import provider
from tests.accounts.visits import ADDRESS
from tests.notifications.conftest import post_office

__all__ = ["nora", "post_office", "provider"]


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS)
