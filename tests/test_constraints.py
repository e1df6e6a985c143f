"""Every constraint of the database is broken by plain SQL, and refuses by its name.

Those of cards, customers and programs that belong to the seven rules are broken in `never_untrue/`.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps

from tenancy import scope
from tests import factories
from tests.raw_sql import database_refuses, insert_like, update
from tests.refused.changes import CHANGES
from tests.refused.further_rows import FURTHER_ROWS
from tests.sources import LAYERS

pytestmark = pytest.mark.django_db

OF_THE_SEVEN_RULES = {
    "stamps_are_never_negative",
    "points_are_never_negative",
    "stamps_are_earned_less_spent_less_voided",
    "points_are_earned_less_redeemed_less_voided",
    "one_card_per_customer_everywhere",
    "one_card_per_customer_and_store",
    "one_living_program_per_merchant",
    "one_living_customer_per_email",
    "one_living_customer_per_phone",
    "customer_email_is_lower_case",
}
# What it refuses is refused by `job_expires_once_it_is_over` before.
BEHIND_ANOTHER = {"job_state_is_known"}


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.mark.parametrize("constraint", list(CHANGES))
def test_a_row_that_cannot_be_is_refused(constraint: str) -> None:
    shop = factories.shop(points_per_euro=10)
    make, change = CHANGES[constraint]
    row = make(shop)
    with database_refuses(f'"{constraint}"'):
        update(row, change)
    assert update(row, "id = id") == 1


@pytest.mark.parametrize("constraint", list(FURTHER_ROWS))
def test_a_further_row_that_cannot_be_is_refused(constraint: str) -> None:
    shop = factories.shop(points_per_euro=10)
    make, other = FURTHER_ROWS[constraint]
    row = make(shop)
    count = type(row)._base_manager.count()
    with database_refuses(f'"{constraint}"'):
        insert_like(row, **other(shop))
    assert type(row)._base_manager.count() == count


def test_every_constraint_is_broken_somewhere() -> None:
    tried = CHANGES.keys() | FURTHER_ROWS.keys() | OF_THE_SEVEN_RULES | BEHIND_ANOTHER
    own = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
    assert {constraint.name for model in own for constraint in model._meta.constraints} == tried
