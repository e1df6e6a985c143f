"""Whatever a merchant's row points to is that merchant's too, and so it stays: the database holds it of every table.

Cards, lines and receipts are broken column by column in `never_untrue/`; here are the others, and the list of
all that has to be held.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from groundwork.database.triggers import Rule, rules_of
from notifications.models import AddressProblem
from tenancy import scope
from tenancy.models import IdempotencyKey, OutboxMessage
from tests import factories
from tests.factories import Shop
from tests.one_row_each import a_delivery, a_progress, a_return, an_email, at_store, of
from tests.raw_sql import database_refuses, insert_like, update
from webhooks.models import EventLog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def rival() -> Shop:
    return factories.shop()


# --- Every table ------------------------------------------------------------------------------------------


def is_a_merchants(model: type[Model]) -> bool:
    try:
        return model._meta.get_field("merchant").concrete
    except FieldDoesNotExist:
        return False


def rules_about(model: type[Model]) -> list[Rule]:
    """The rules of a table that say something of merchants."""
    rules = [rule for app in apps.get_app_configs() for rule in rules_of(app)]
    return [rule for rule in rules if rule.table == model._meta.db_table and "merchant" in rule.body]


def test_every_key_between_rows_of_merchants_is_held_to_one_merchant() -> None:
    loose = [
        f"{model.__name__}.{field.column}"
        for model in apps.get_models()
        if is_a_merchants(model)
        for field in model._meta.local_concrete_fields
        if field.name != "merchant" and field.related_model and is_a_merchants(field.related_model)
        if not any(f"{field.column}: belongs to another merchant" in rule.body for rule in rules_about(model))
    ]
    assert loose == []


def test_no_table_lets_a_row_move_to_another_merchant() -> None:
    loose = [
        model.__name__
        for model in apps.get_models()
        if is_a_merchants(model)
        if not any("UPDATE" in rule.when for rule in rules_about(model))
    ]
    assert loose == []


# --- Each by plain SQL ------------------------------------------------------------------------------------


def test_an_email_is_about_people_cards_and_stores_of_its_merchant(shop: Shop, rival: Shop) -> None:
    email, theirs = an_email(shop), factories.card(rival.store)
    foreign = {"store_id": rival.store.pk, "customer_id": theirs.customer_id, "card_id": theirs.pk}
    for column, value in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            update(email, f"{column} = {value}")
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(email, **{column: value}, dedup_key="two")
    with database_refuses("belongs to another merchant"):
        update(email, f"merchant_id = {rival.merchant.pk}")
    assert insert_like(email, dedup_key="two")


def test_an_address_that_fails_is_of_a_customer_of_the_merchant(shop: Shop, rival: Shop) -> None:
    mine, theirs = factories.customer(shop.store), factories.customer(rival.store)
    problem = of(AddressProblem, customer=mine, address="anna@example.com")(shop)
    with database_refuses("customer_id: belongs to another merchant"):
        update(problem, f"customer_id = {theirs.pk}")
    with database_refuses("customer_id: belongs to another merchant"):
        insert_like(problem, customer_id=theirs.pk)
    assert insert_like(problem, customer_id=factories.customer(shop.store).pk)


def test_an_answer_is_kept_for_a_store_of_its_merchant(shop: Shop, rival: Shop) -> None:
    answer = at_store(IdempotencyKey, key="k-1", credential="c", fingerprint="f", status=201)(shop)
    with database_refuses("store_id: belongs to another merchant"):
        insert_like(answer, store_id=rival.store.pk)
    assert insert_like(answer, store_id=shop.other_store.pk)


def test_what_was_announced_stays_its_merchants(shop: Shop, rival: Shop) -> None:
    message = of(OutboxMessage, event="loyalty.reward_ready", subscriber="s", payload={})(shop)
    with database_refuses("A row never moves to another merchant"):
        update(message, f"merchant_id = {rival.merchant.pk}")
    assert update(message, "attempts = attempts + 1") == 1


def test_what_is_told_is_of_the_merchants_own_rows_and_goes_to_its_own_endpoints(
    shop: Shop, rival: Shop
) -> None:
    told, theirs = a_delivery(shop), a_delivery(rival)
    for column, value in {"endpoint_id": theirs.endpoint_id, "event_id": theirs.event_id}.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            update(told, f"{column} = {value}")
    part = a_return(rival)
    line = part.purchase.transactions.first()
    foreign = {
        "line_id": line,
        "purchase_id": part.purchase,
        "purchase_return_id": part,
        "customer_id": line.card.customer,
    }
    for column, row in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            update(told.event, f"{column} = {row.pk}")
    for row in (told.endpoint, EventLog.objects.get(merchant=shop.merchant), a_progress(shop)):
        with database_refuses("A row never moves to another merchant"):
            update(row, f"merchant_id = {rival.merchant.pk}")
    assert update(told.event, f"customer_id = {factories.customer(shop.store).pk}") == 1
