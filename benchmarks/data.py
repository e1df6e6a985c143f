"""Large data, quickly: one merchant with many cards and ledger lines, written by SQL.

The rows are as the services would have written them (`verify_ledger` is clean), but nobody waits an hour for them:
triggers and indexes of rows still apply to what a benchmark measures, not to what it prepares.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from loyalty.services import pins
from tenancy import scope
from tenancy.actor import Actor
from tenancy.models import Merchant, Store, StoreUser, User

PASSWORD = "benchmark-password"
PIN = "4711"
TABLES = (
    "customers_customer",
    "loyalty_loyaltycard",
    "loyalty_cardcode",
    "loyalty_loyaltytransaction",
    "loyalty_purchase",
)
MANY = 200_000


@dataclass(frozen=True)
class Shop:
    """A merchant with one store or several, one sign-in at the first, one PIN and a hybrid program."""

    merchant: Merchant
    store: Store
    program: LoyaltyProgram
    user: User
    pin_id: int
    stores: int = 1


def shop(name: str = "benchmark", *, stores: int = 1, **program: object) -> Shop:
    """Make the shop; the program has no cooldown, and no daily limit that a benchmark would meet.

    Its cards are enrolled, and their lines written, at all its `stores` in turn.
    """
    merchant = Merchant.objects.create(name=name, slug=name)
    with scope.merchant(merchant):
        MerchantLoyaltySettings.objects.create(merchant=merchant)
        store, *_others = [
            Store.objects.create(merchant=merchant, name=f"Store {number}", store_code=f"{name}-{number}")
            for number in range(1, stores + 1)
        ]
        fields = {"loyalty_type": "hybrid", "cooldown_minutes": 0, "max_daily_stamps": 32_000} | program
        made = LoyaltyProgram.objects.create(merchant=merchant, **fields)
        user = User.objects.create_user(f"staff@{name}.example", PASSWORD)
        StoreUser.objects.create(merchant=merchant, store=store, user=user, role="staff")
        pin = pins.create(store=store, actor=Actor(role="manager"), name="Léa", pin=PIN)
    return Shop(merchant, store, made, user, pin.pk, stores)


def cards(
    of: Shop,
    count: int,
    *,
    stamps: int = 0,
    points: int = 0,
    idle: str = "1 day",
    over_days: int = 0,
    lines: int = 0,
) -> tuple[int, int]:
    """Add cards with an opening balance each, last active `idle` ago; returns the first and the last id.

    With `over_days` they are made one after the other over so many days, many at first and few at last, and each has
    got `lines` more lines since, stamps and points in turn, and no opening balance: trade that grows up to now.
    """
    values: dict[str, Any] = {
        "merchant": of.merchant.pk,
        "program": of.program.pk,
        "store": of.store.pk,
        "stores": of.stores,
        "stamps": stamps,
        "points": points,
        "idle": idle,
        "over": f"{over_days} days",
        "lines": lines,
        "count": count,
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
    }
    with connection.cursor() as cursor, quickly(cursor, count * (lines + 1)):
        _people(cursor, values)
        cursor.execute(HISTORY if lines else OPENING_LINES, values)
    return values["first"], values["last"]


def cards_without_lines(of: Shop, count: int) -> range:
    """Add cards with nothing on them, for a benchmark that writes the lines itself; returns their ids."""
    values = {
        "merchant": of.merchant.pk,
        "program": of.program.pk,
        "store": of.store.pk,
        "stores": of.stores,
        "idle": "1 day",
        "over": "0 days",
        "count": count,
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
    }
    values |= dict.fromkeys(("stamps", "points", "lines"), 0)
    with connection.cursor() as cursor, unguarded(cursor):
        _people(cursor, values)
    return range(values["first"], values["last"] + 1)


def _people(cursor: Any, values: dict[str, Any]) -> None:
    """Write customers and cards, and add their first and last id to the values."""
    cursor.execute("SELECT COALESCE(MAX(id), 0) FROM customers_customer")
    values["base"] = cursor.fetchone()[0]
    cursor.execute(CUSTOMERS, values)
    cursor.execute(NUMBERED_ON)
    cursor.execute(CARDS, values)
    cursor.execute("SELECT MAX(id) FROM loyalty_loyaltycard")
    last = cursor.fetchone()[0]
    values |= {"first": last - values["count"] + 1, "last": last}


@contextmanager
def unguarded(cursor: Any) -> Iterator[None]:
    """Without triggers."""
    cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        cursor.execute("SET session_replication_role = DEFAULT")


def codes(of: Shop) -> None:
    """Give every card of a shop the code of an earlier one, which is its id."""
    with connection.cursor() as cursor, quickly(cursor, 0):
        cursor.execute(CODES, {"merchant": of.merchant.pk})


@contextmanager
def quickly(cursor: Any, rows: int) -> Iterator[None]:
    """Without triggers, and for many rows without indexes: those are made again at the end."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
    cursor.execute("SELECT setseed(0.5)")  # the same people each time
    cursor.execute(INDEXES if rows >= MANY else f"{INDEXES} LIMIT 0", [list(TABLES)])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT; RESET work_mem; RESET maintenance_work_mem")
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


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


# Those that belong to no constraint.
INDEXES = """
SELECT pg_class.relname, pg_get_indexdef(pg_class.oid) FROM pg_index
JOIN pg_class ON pg_class.oid = pg_index.indexrelid
WHERE pg_index.indrelid::regclass::text = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE pg_constraint.conindid = pg_class.oid)"""

CODES = """
INSERT INTO loyalty_cardcode (merchant_id, card_id, code, created_at, updated_at)
SELECT merchant_id, id, 'OLD-' || id, now(), now() FROM loyalty_loyaltycard WHERE merchant_id = %(merchant)s
"""
FIRST_NAMES = (
    "Maria Anna Jean Pierre Marc Michel Claude Anouk Lea Luca Emma Noah Sophie Paul Thomas Laura Tom Julie Ben Lena "
    "Nicolas Charlotte Felix Clara Max Alice Louis Mia Leon Elena Jo Al Guy Ana Rui Tiago Ines Bruno Carla Diana Ivo "
    "Nora Oscar Petra Romain Silvia Tania Ute Vera Yves Zoe Fernand Gilbert Henriette Isidore Josephine Kunigunde"
).split()
LAST_NAMES = (
    "Schmit Muller Weber Hoffmann Wagner Thill Schmitz Schroeder Reuter Klein Becker Kieffer Kremer Faber Meyer "
    "Schneider Weis Schiltz Simon Welter Hansen Majerus Steffen Ries Meyers Krier Braun Wolff Kayser Da-Silva Santos "
    "Pereira Ferreira Martins Rodrigues Fernandes Gomes Lopes Costa Marques Biver Lang Li Wu Ney Origer Pauly Quintus "
    "Roth Stoffel Theis Urbing Vesque Wirth Zeimet Zangerle Breuskin Kohnen Linster Poos Scheuer Tholl Wies Ernster"
).split()

# Names as they are: a few of them very often, some seldom. Phones are possible ones; addresses are
# of three houses; three of five tell their birthday.
CUSTOMERS = """
INSERT INTO customers_customer (id, merchant_id, store_id, email, first_name, last_name, phone, pending_phone,
    phone_code_tries, birth_date, preferred_language, marketing_consent, agreements, is_active, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT %(base)s + n, %(merchant)s, %(store)s + (%(base)s + n) %% %(stores)s,
    lower(first_name || '.' || last_name || (%(base)s + n) || '@')
        || (ARRAY['gmail.example', 'pt.example', 'example.com'])[1 + n %% 3],
    first_name, last_name, '+352' || (621000000 + %(base)s + n), '', 0,
    CASE WHEN n %% 5 < 3 THEN date '1940-01-01' + (n::bigint * 7919 %% 25000)::int END, 'en', false, '[]', true,
    now() - %(over)s::interval * sqrt(1 - n::float / %(count)s), now()
FROM (
    SELECT n, first_names[1 + floor(power(random(), 2) * cardinality(first_names))::int] AS first_name,
        last_names[1 + floor(power(random(), 2) * cardinality(last_names))::int] AS last_name
    FROM generate_series(1, %(count)s) n,
        (SELECT %(first_names)s::text[] AS first_names, %(last_names)s::text[] AS last_names) names
) people"""

# Whoever comes by the till gets the number after theirs.
NUMBERED_ON = """
SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), MAX(id)) FROM customers_customer"""

# When a card's n-th line was written: somewhere in the n-th part of the time since it was made.
MOMENT = """created_at + (now() - created_at)
    * ((n + (customer_id * 7919 + n * 104729) %% 1000 / 1000.0) / GREATEST(%(lines)s, 1))"""

# Numbers with their check digit, QR texts and tokens: without an order, as random ones are, and each its own.
CARDS = f"""
INSERT INTO loyalty_loyaltycard (merchant_id, program_id, customer_id, enrolled_at_store_id, card_number,
    qr_code_data, access_token, is_active, stamp_count, total_stamps_earned, total_stamps_spent, total_stamps_voided,
    stamps_redeemed, points_balance, total_points_earned, points_redeemed, total_points_voided, last_activity_at,
    created_at, updated_at)
SELECT merchant_id, %(program)s, id, store_id, digits || (
        SELECT (10 - SUM(CASE WHEN place %% 2 = 1 THEN digit * 2 / 10 + digit * 2 %% 10 ELSE digit END) %% 10) %% 10
        FROM (SELECT place, substr(digits, place, 1)::int AS digit FROM generate_series(1, 11) place) each_digit
    ), substr(translate(upper(md5('qr' || id)), '0123456789ABCDEF', 'BCDEFGHIJKLNOPRS'), 1, 30),
    substr(translate(upper(md5('token' || id)), '0123456789ABCDEF', 'BCDEFGHIJKLNOPRS'), 1, 30),
    true, stamps, stamps, 0, 0, 0, points, points, 0, 0,
    CASE WHEN %(lines)s = 0 THEN now() - %(idle)s::interval ELSE {MOMENT} END, created_at, now()
FROM (
    SELECT customer.*, id AS customer_id, (10000000000 + id * 829348951 %% 90000000000)::text AS digits,
        %(lines)s - 1 AS n, %(stamps)s + (%(lines)s + 1) / 2 AS stamps,
        %(points)s + %(lines)s / 2 * 10 AS points
    FROM customers_customer customer WHERE id > %(base)s ORDER BY id LIMIT %(count)s
) card ORDER BY id"""

OPENING_LINES = """
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, store_id, transaction_type, stamps_delta,
    stamps_balance_after, points_delta, points_balance_after, order_reference, reward_name, notes, user_agent,
    recorded_offline, transaction_at, created_at)
SELECT merchant_id, id, enrolled_at_store_id,
    CASE WHEN %(stamps)s + %(points)s > 0 THEN 'opening_balance' ELSE 'card_created' END,
    %(stamps)s, %(stamps)s, %(points)s, %(points)s, '', '', '', '', false,
    last_activity_at, now()
FROM loyalty_loyaltycard WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id"""

# In the order of time, as a ledger grows. Of a card's lines the first, third, fifth ... are stamps, the others points.
HISTORY = f"""
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, store_id, transaction_type, stamps_delta,
    stamps_balance_after, points_delta, points_balance_after, order_reference, reward_name, notes, user_agent,
    recorded_offline, transaction_at, created_at)
SELECT merchant_id, id, enrolled_at_store_id,
    CASE WHEN n < 0 THEN 'card_created' WHEN n %% 2 = 0 THEN 'stamp_earned' ELSE 'points_earned' END,
    CASE WHEN n < 0 THEN 0 ELSE 1 - n %% 2 END, CASE WHEN n < 0 THEN 0 ELSE n / 2 + 1 END,
    CASE WHEN n < 0 THEN 0 ELSE n %% 2 * 10 END, (n + 1) / 2 * 10, '', '', '', '', false, at, at
FROM (
    SELECT card.*, n, CASE WHEN n < 0 THEN created_at ELSE {MOMENT} END AS at
    FROM loyalty_loyaltycard card CROSS JOIN generate_series(-1, %(lines)s - 1) n
    WHERE id BETWEEN %(first)s AND %(last)s
) lines ORDER BY at"""

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
