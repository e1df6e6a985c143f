"""What can never be untrue of whose a row is, broken by plain SQL: the database refuses.

Where a rule could be hidden behind another one, the SQL keeps the other.
"""

from datetime import UTC, datetime

import pytest

from loyalty.models import (
    LoyaltyCard,
    ProgramTerms,
    StaffPin,
)
from tenancy.models import StoreUser
from tests import factories
from tests.never_untrue.rows import bought, given_back, new_names, newest_line
from tests.raw_sql import (
    database_refuses,
    insert_like,
    update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_rule_6_a_card_and_all_it_points_to_belong_to_one_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    theirs = factories.card(rival.store)
    foreign = {
        "customer_id": theirs.customer_id,
        "program_id": theirs.program_id,
        "enrolled_at_store_id": rival.store.pk,
        "scope_store_id": rival.store.pk,
        "merged_into_id": theirs.pk,
    }
    for column, value in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            update(card, f"{column} = {value}")
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(card, deleted_at=NOW, **{column: value}, **new_names())


def test_rule_6_a_line_of_the_ledger_and_all_it_points_to_belong_to_one_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    theirs, line = factories.card(rival.store), newest_line(card)
    nothing = {"stamps_delta": 0, "points_delta": 0}
    foreign = {
        "store_id": rival.store.pk,
        "staff_pin_id": factories.staff_pin(rival.store).pk,
        "reward_id": rival.program.rewards.first().pk,
        "voids_id": newest_line(theirs).pk,
        "purchase_id": bought(rival, theirs).pk,
        "purchase_return_id": given_back(rival, theirs).pk,
        "terms_id": rival.program.terms_id or ProgramTerms.objects.get(program=rival.program).pk,
    }
    for column, value in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(line, **nothing, **{column: value})
    foreign_card = {"card_id": theirs.pk, "store_id": rival.store.pk, "terms_id": foreign["terms_id"]}
    for column, value in foreign_card.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(bought(shop, card), **{column: value}, reference_key="")
    with database_refuses("purchase_id: belongs to another merchant"):
        insert_like(given_back(shop, card), purchase_id=foreign["purchase_id"])
    with database_refuses("card_id: belongs to another merchant"):
        insert_like(newest_line(theirs), merchant_id=shop.merchant.pk, store_id=None, **nothing)


def test_rule_6_no_row_moves_to_another_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    factories.staff_pin(shop.store)
    rows = [
        shop.store,
        shop.program,
        shop.program.rewards.first(),
        card,
        card.customer,
        StaffPin.objects.get(),
        StoreUser.objects.first(),
    ]
    for row in rows:
        with database_refuses("A row never moves to another merchant"):
            update(row, f"merchant_id = {rival.merchant.pk}")
