"""The visits of each card: gathered for the figures of a merchant, and kept for the lists behind them (`CardVisits`).

Both are made of one reading of the ledger, so that a figure and its list agree.
"""

from typing import Any

from django.db import connection

from loyalty.visiting import AGAIN, VISIT
from tenancy.models import Merchant

OF_CARD = "visits_of_card"  # lives as long as the transaction
KEPT = "loyalty_cardvisits"
STORES = ("NULL::bigint", "line.store_id")  # at any store, and at each

GATHER = f"""
WITH RECURSIVE {AGAIN}, {VISIT}
SELECT store_id, card_id, MIN(day) AS first_day, (array_agg(day ORDER BY day))[2] AS next_day, {{figures}}
FROM visit {{narrowed}} GROUP BY store_id, card_id"""
SAME = "gathered.card_id = kept.card_id AND COALESCE(gathered.store_id, 0) = COALESCE(kept.store_id, 0)"
GONE = f"""
DELETE FROM {KEPT} kept WHERE merchant_id = %(merchant)s AND NOT EXISTS (SELECT FROM {OF_CARD} gathered WHERE {SAME})"""
# Most cards are what they were: their rows are not written again.
NEW = f"""
INSERT INTO {KEPT} AS kept (merchant_id, store_id, card_id, first_day, next_day)
SELECT %(merchant)s, store_id, card_id, first_day, next_day FROM {OF_CARD} gathered
WHERE NOT EXISTS (
    SELECT FROM {KEPT} kept WHERE kept.merchant_id = %(merchant)s AND {SAME}
        AND kept.first_day = gathered.first_day AND kept.next_day IS NOT DISTINCT FROM gathered.next_day
) ORDER BY card_id, store_id
ON CONFLICT (merchant_id, store_id, card_id)
DO UPDATE SET (first_day, next_day) = (EXCLUDED.first_day, EXCLUDED.next_day)"""


def gather(figures: str, values: dict[str, Any]) -> None:
    """Put what the visits of each card amount to into a table of this transaction, for all stores and for each.

    Args:
        figures: what is reckoned of a card besides, in SQL.
        values: what the statements name: merchant, zone, until and what the figures do.
    """
    everywhere, each = (
        GATHER.format(figures=figures, narrowed=narrowed, store=store)
        for store, narrowed in zip(STORES, ("", "WHERE store_id IS NOT NULL"), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {OF_CARD}")
        cursor.execute(f"CREATE TEMPORARY TABLE {OF_CARD} ON COMMIT DROP AS {everywhere}", values)
        cursor.execute(f"INSERT INTO {OF_CARD} {each}", values)
        cursor.execute(f"ANALYZE {OF_CARD}")


def keep(merchant: Merchant) -> None:
    """Keep what was gathered in this transaction, in the place of what was kept before."""
    with connection.cursor() as cursor:
        cursor.execute(GONE, {"merchant": merchant.pk})
        cursor.execute(NEW, {"merchant": merchant.pk})
