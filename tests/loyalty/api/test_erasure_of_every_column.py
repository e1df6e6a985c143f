"""Whatever can be written about a person is planted in every column of every row of theirs, and is gone afterwards.

The other test of erasure does what people do; this one asks no door, so that a new column is not forgotten.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from customers.models import Customer
from groundwork.messaging import outbox
from loyalty.models import CardCode, LoyaltyCard, LoyaltyTransaction, PrintedCard, Purchase
from loyalty.services import printed
from notifications.models import AddressProblem, EmailLog
from tenancy.models import HistoryEntry
from tests import factories
from tests.console.world import address, filled, list_address, sign_in
from tests.factories import Shop
from tests.loyalty.api.test_erasure_leaves_no_copy import MARK, dump, enrolled, erase, folder, traces
from tests.loyalty.api.till import Till
from tests.wallet.conftest import carried, deliver, google, no_wallets
from tests.wallet.fake_google import FakeGoogle
from wallet.models import AppleDeviceRegistration, Platform, WalletPass

__all__ = ["folder", "google", "no_wallets"]
pytestmark = pytest.mark.django_db
ABOUT_A_PERSON = (
    Customer,
    LoyaltyCard,
    CardCode,
    PrintedCard,
    LoyaltyTransaction,
    Purchase,
    EmailLog,
    AddressProblem,
    WalletPass,
    AppleDeviceRegistration,
)
# What stays, because it names nobody (docs/privacy.md): table -> columns.
STAYS = {
    "loyalty_loyaltytransaction": {"order_reference", "promotions", "reward_name"},
    "loyalty_purchase": {"offers", "order_reference", "reference_key"},
    "notifications_emaillog": {"dedup_key"},  # made of numbers
    # made up by us; the phone knows the pass by them, and is told that it is void
    "wallet_walletpass": {"serial_number", "auth_token", "card_key", "notified_at"},
    "wallet_appledeviceregistration": {"device_library_identifier", "push_token"},  # for 30 days
}


def text_columns(model: type[models.Model]) -> Iterator[models.Field]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    return (field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices)


def rows_of(model: type[models.Model], customer: Customer) -> str:
    """The condition by which a row is this person's."""
    cards = f"SELECT id FROM loyalty_loyaltycard WHERE customer_id = {customer.pk}"
    passes = f"SELECT id FROM wallet_walletpass WHERE card_id IN ({cards})"
    columns = {field.column for field in model._meta.concrete_fields}
    if model is Customer:
        return f"id = {customer.pk}"
    if "customer_id" in columns:
        return f"customer_id = {customer.pk}"
    return f"card_id IN ({cards})" if "card_id" in columns else f"wallet_pass_id IN ({passes})"


def plant(model: type[models.Model], field: models.Field, customer: Customer) -> bool:
    """Write the mark past every trigger; False where a constraint allows no such text."""
    mark = f"""'["{MARK}"]'::jsonb""" if isinstance(field, models.JSONField) else f"'{MARK}'"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            where = rows_of(model, customer)
            cursor.execute(f'UPDATE {model._meta.db_table} SET "{field.column}" = {mark} WHERE {where}')
            planted = cursor.rowcount > 0
            cursor.execute("SET LOCAL session_replication_role = origin")
    except DatabaseError:
        return False
    return planted


def kept(model: type[models.Model], field: models.Field) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM {model._meta.db_table} WHERE "{field.column}"::text LIKE %s', [f"%{MARK}%"]
        )
        return bool(cursor.fetchone()[0])


def everything_about(shop: Shop, card: LoyaltyCard) -> None:
    """At least one row of every kind that tells of a person."""
    with factories.inside(shop):
        CardCode.objects.create(merchant=shop.merchant, card=card, code="4006381333931")
        manager = factories.actor("manager")
        box = printed.make(store=shop.store, actor=manager, name="Box", count=1, design="white")
        box.cards.update(card=card)
        AddressProblem.objects.create(merchant=shop.merchant, customer=card.customer)
        held = WalletPass.objects.create(
            merchant=shop.merchant, card=card, platform=Platform.APPLE, serial_number="serial", card_key="key"
        )
        AppleDeviceRegistration.objects.create(
            merchant=shop.merchant, wallet_pass=held, device_library_identifier="phone", push_token="push"
        )


def test_no_column_of_a_row_about_a_person_outlives_them(shop: Shop, till: Till) -> None:
    card = enrolled(shop, till)
    till.post(f"cards/{card.pk}/stamps/", {"count": 1}, once="stamp-1")
    till.post(f"cards/{card.pk}/purchases/", {"purchase_amount_cents": 450}, once="purchase-1")
    outbox.relay()
    everything_about(shop, card)
    planted = [
        (model, field)
        for model in ABOUT_A_PERSON
        for field in text_columns(model)
        if plant(model, field, card.customer)
    ]
    assert {model for model, _field in planted} == set(ABOUT_A_PERSON)
    erase(shop, card)
    outbox.relay()
    left: dict[str, set[str]] = {}
    for model, field in planted:
        if kept(model, field):
            left.setdefault(model._meta.db_table, set()).add(field.column)
    assert left == STAYS


def sessions_naming_them() -> list[Session]:
    return [each for each in Session.objects.all() if MARK in str(each.get_decoded()).lower()]


def called_by_number(row: models.Model) -> int:
    entries = HistoryEntry._base_manager.filter(content_type__model=row._meta.model_name)
    return entries.filter(object_id=str(row.pk), name=f"#{row.pk}").count()


def test_what_was_done_in_the_console_and_sent_to_google_tells_nothing(
    google: FakeGoogle, shop: Shop, till: Till, folder: Path
) -> None:
    card = carried(enrolled(shop, till))
    deliver()
    owner, customer = Client(), address(card.customer)
    sign_in(owner, shop.owner)
    assert owner.get(list_address("customers_customer"), {"q": MARK}).status_code == 200
    renamed = filled(owner.get(customer), last_name=f"Wagner{MARK}")
    given = {"key": "form-1", "store": shop.store.pk, "reason": f"{MARK} forgot the card", "count": 1}
    for page, form in ((customer, renamed), (address(card, "give_stamp"), given)):
        assert owner.post(page, form).status_code == 302
    replaced = {"key": "form-2", "store": shop.store.pk, "reason": "Lost"}
    assert owner.post(address(card, "replace"), replaced).status_code == 302
    carried(factories.fresh(card))
    cards = (card, factories.fresh(card))
    given["key"] = "form-3"
    assert owner.post(address(card, "give_stamp"), given).status_code == 302
    assert owner.get(address(card.customer, "export_data")).status_code == 200
    deliver()
    named = HistoryEntry._base_manager.filter(content_type__model="loyaltycard")
    assert set(named.values_list("name", flat=True)) == {each.display_number for each in cards}
    assert {"customers_customer", "loyalty_loyaltytransaction"} <= traces(folder)
    assert called_by_number(card.customer) == 2
    assert MARK in str(google.objects).lower()

    assert owner.post(address(card.customer, "erase")).status_code == 302
    deliver()
    assert traces(folder) == set()
    assert sessions_naming_them() == []
    assert MARK not in str(google.objects).lower()
    numbers = {number.lower() for each in cards for number in (each.card_number, each.display_number)}
    assert [table for table, row in dump() if any(number in row for number in numbers)] == []
    assert (called_by_number(card.customer), called_by_number(card)) == (3, 3)
