"""Large data, quickly: one merchant with many cards and ledger lines, written by SQL.

The rows are as the services would have written them (`verify_ledger` is clean), but nobody waits an hour for them:
triggers and indexes of rows still apply to what a benchmark measures, not to what it prepares.
"""

from dataclasses import dataclass

from django.db import connection

from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from loyalty.services import pins
from tenancy import scope
from tenancy.actor import Actor
from tenancy.models import Merchant, Store, StoreUser, User

PASSWORD = "benchmark-password"
PIN = "4711"


@dataclass(frozen=True)
class Shop:
    """A merchant with one store, one sign-in, one PIN and a hybrid program."""

    merchant: Merchant
    store: Store
    program: LoyaltyProgram
    user: User
    pin_id: int


def shop(name: str = "benchmark", **program: object) -> Shop:
    """Make the shop; the program has no cooldown, and no daily limit that a benchmark would meet."""
    merchant = Merchant.objects.create(name=name, slug=name)
    with scope.merchant(merchant):
        MerchantLoyaltySettings.objects.create(merchant=merchant)
        store = Store.objects.create(merchant=merchant, name="Store", store_code=name)
        fields = {"loyalty_type": "hybrid", "cooldown_minutes": 0, "max_daily_stamps": 32_000} | program
        made = LoyaltyProgram.objects.create(merchant=merchant, **fields)
        user = User.objects.create_user(f"staff@{name}.example", PASSWORD)
        StoreUser.objects.create(merchant=merchant, store=store, user=user, role="staff")
        pin = pins.create(store=store, actor=Actor(role="manager"), name="Léa", pin=PIN)
    return Shop(merchant, store, made, user, pin.pk)


def cards(of: Shop, count: int, *, stamps: int = 0, points: int = 0, idle: str = "1 day") -> tuple[int, int]:
    """Add cards with an opening balance each, last active `idle` ago; returns the first and the last id."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM customers_customer")
        base = cursor.fetchone()[0]
        cursor.execute(CUSTOMERS, [base, of.merchant.pk, of.store.pk, base, count])
        cursor.execute(
            CARDS,
            [of.merchant.pk, of.program.pk, of.store.pk, stamps, stamps, points, points, idle, base, count],
        )
        cursor.execute("SELECT MAX(id) FROM loyalty_loyaltycard")
        last = cursor.fetchone()[0]
        cursor.execute(OPENING_LINES, [stamps, stamps, points, points, last - count, last])
        cursor.execute("SET session_replication_role = DEFAULT")
        for table in ("customers_customer", "loyalty_loyaltycard", "loyalty_loyaltytransaction"):
            cursor.execute(f"ANALYZE {table}")
    return last - count + 1, last


def stamp_lines(first: int, last: int, per_card: int) -> None:
    """Give every card of an id range so many stamps, one line each."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for number in range(per_card):
            cursor.execute(STAMP_LINES, [number, first, last])
        cursor.execute(STAMPED, [per_card, per_card, first, last])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE loyalty_loyaltytransaction")
        cursor.execute("VACUUM ANALYZE loyalty_loyaltycard")


CUSTOMERS = """
INSERT INTO customers_customer (id, merchant_id, store_id, email, first_name, last_name, phone, preferred_language,
    marketing_consent, is_active, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT %s + n, %s, %s, 'person' || (%s + n) || '@example.com', 'First' || n, 'Last' || n, '', 'en', false, true,
    now(), now()
FROM generate_series(1, %s) n"""

CARDS = """
INSERT INTO loyalty_loyaltycard (merchant_id, program_id, customer_id, enrolled_at_store_id, card_number,
    qr_code_data, access_token, is_active, stamp_count, total_stamps_earned, total_stamps_spent, total_stamps_voided,
    stamps_redeemed, points_balance, total_points_earned, points_redeemed, total_points_voided, last_activity_at,
    created_at, updated_at)
SELECT %s, %s, id, %s, lpad(id::text, 12, '0'), 'Q' || lpad(id::text, 29, 'B'), 'A' || lpad(id::text, 29, 'B'),
    true, %s, %s, 0, 0, 0, %s, %s, 0, 0, now() - %s::interval, now(), now()
FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s"""

OPENING_LINES = """
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, transaction_type, stamps_delta, stamps_balance_after,
    points_delta, points_balance_after, order_reference, reward_name, notes, user_agent, recorded_offline,
    transaction_at, created_at)
SELECT merchant_id, id, 'opening_balance', %s, %s, %s, %s, '', '', '', '', false, last_activity_at, now()
FROM loyalty_loyaltycard WHERE id > %s AND id <= %s ORDER BY id"""

STAMP_LINES = """
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, store_id, transaction_type, stamps_delta,
    stamps_balance_after, points_delta, points_balance_after, order_reference, reward_name, notes, user_agent,
    recorded_offline, transaction_at, created_at)
SELECT merchant_id, id, enrolled_at_store_id, 'stamp_earned', 1, stamp_count + %s + 1, 0, points_balance, '', '', '',
    '', false, now(), now()
FROM loyalty_loyaltycard WHERE id BETWEEN %s AND %s ORDER BY id"""

STAMPED = """
UPDATE loyalty_loyaltycard SET stamp_count = stamp_count + %s, total_stamps_earned = total_stamps_earned + %s
WHERE id BETWEEN %s AND %s"""
