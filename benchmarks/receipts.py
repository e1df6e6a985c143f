"""A year of purchases, quickly: receipts with their points and stamps, as the till would have written them."""

from django.db import connection

from benchmarks import data
from benchmarks.data import Shop

DAYS = 365


def receipts(of: Shop, first: int, last: int, *, each: int) -> None:
    """Give every card of an id range so many purchases over the last year, one after the other as a ledger grows.

    For a program with one point per euro, whose cards have nothing yet.
    """
    of.program.refresh_from_db()
    values = {"first": first, "last": last, "each": each, "days": DAYS, "terms": of.program.terms_id}
    with connection.cursor() as cursor, data.quickly(cursor, (last - first + 1) * each):
        for statement in (PURCHASES, LINES, CARDS):
            cursor.execute(statement, values)


PURCHASES = """
INSERT INTO loyalty_purchase (merchant_id, card_id, store_id, terms_id, order_reference, reference_key, amount_cents,
    returned_cents, items, is_open, purchased_at, recorded_offline, created_at, updated_at)
SELECT merchant_id, id, enrolled_at_store_id, %(terms)s, '', '', cents, 0, '[]', true, at, false, at, at
FROM (
    SELECT card.*, 200 + (id * 7919 + n * 104729) %% 3000 AS cents, now() - make_interval(days => %(days)s)
        + make_interval(secs => (n + (id * 7919 + n * 104729) %% 1000 / 1000.0) * %(days)s * 86000 / %(each)s) AS at
    FROM loyalty_loyaltycard card CROSS JOIN generate_series(0, %(each)s - 1) n
    WHERE id BETWEEN %(first)s AND %(last)s
) bought ORDER BY at"""

LINES = """
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, store_id, purchase_id, terms_id, purchase_amount_cents,
    transaction_type, stamps_delta, stamps_balance_after, points_delta, points_balance_after, points_fraction_delta,
    points_fraction_after, order_reference, reward_name, notes, user_agent, recorded_offline, transaction_at,
    created_at)
SELECT merchant_id, card_id, store_id, id, terms_id, CASE WHEN part = 0 THEN amount_cents END,
    CASE part WHEN 0 THEN 'points_earned' ELSE 'stamp_earned' END, part, visit - 1 + part,
    CASE WHEN part = 0 THEN total / 10000 - (total - units) / 10000 ELSE 0 END, total / 10000,
    CASE WHEN part = 0 THEN total %% 10000 - (total - units) %% 10000 ELSE 0 END, total %% 10000,
    '', '', '', '', false, purchased_at, purchased_at
FROM (
    SELECT *, amount_cents * 100 AS units, ROW_NUMBER() OVER of_card AS visit,
        (SUM(amount_cents) OVER of_card)::bigint * 100 AS total
    FROM loyalty_purchase WHERE card_id BETWEEN %(first)s AND %(last)s
    WINDOW of_card AS (PARTITION BY card_id ORDER BY id)
) bought CROSS JOIN generate_series(0, 1) part ORDER BY id, part"""

CARDS = """
UPDATE loyalty_loyaltycard SET stamp_count = %(each)s, total_stamps_earned = %(each)s, points_balance = total / 10000,
    total_points_earned = total / 10000, points_fraction = total %% 10000, last_activity_at = latest
FROM (
    SELECT card_id, SUM(amount_cents)::bigint * 100 AS total, MAX(purchased_at) AS latest
    FROM loyalty_purchase GROUP BY card_id
) bought WHERE bought.card_id = loyalty_loyaltycard.id AND id BETWEEN %(first)s AND %(last)s"""
