"""One world for all tests of a module; each test's own doings are taken back."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.template.response import SimpleTemplateResponse

from tests.console.access import rows
from tests.console.access.people import World


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = rows.build()
        made.sign_in_everybody()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are answered and not drawn: for tests that ask who gets in, and not what it looks like there."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")


@pytest.fixture(autouse=True)
def by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page begins with a job by itself: each test is within one transaction, and a job is in its own."""
    monkeypatch.setattr("loyalty.console.undoing.LINES_OF_A_ROW", 1_000_000)
