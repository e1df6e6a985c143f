"""A plugin of pytest: the database is a clone of migrated tables already, and is taken as it stands."""

from collections.abc import Iterator

import pytest
from django.db import connections


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_modify_db_settings: None) -> Iterator[None]:
    """Turn the connection to the test database, without a migration that would find nothing to do."""
    connection = connections["default"]
    name = connection.creation._get_test_db_name()
    connection.close()
    connection.settings_dict["NAME"] = name
    yield
    connection.close()
