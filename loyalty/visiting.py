"""What a visit is: a local day on which a card had a line of a purchase, a stamp or a reward that stands.

Not what was adjusted, imported, expired or undone. What was undone and written again stands, on the day on which it
happened first. The visits of a card that was merged are those of the one that remains. Days are the merchant's.
"""

from datetime import date

from django.db.models import BigIntegerField, BooleanField, DateField, F, Func, TextField, Value
from django.db.models.functions import Cast

from loyalty.models import TransactionType as Kind

VISITS = (Kind.STAMP_EARNED, Kind.STAMP_REDEEMED, Kind.POINTS_EARNED, Kind.POINTS_REDEEMED)
PERIODS = (7, 30, 90, 365)  # days that are compared with as many before
WITHIN = (30, 60, 90)  # days of the first visit, within which somebody comes back
YEAR = 365  # days on which the first visits lie that are looked at

LINE, CARD = "loyalty_loyaltytransaction", "loyalty_loyaltycard"
KINDS = "('" + "', '".join(kind.value for kind in VISITS) + "')"
UNDONE = f"EXISTS (SELECT FROM {LINE} undoing WHERE undoing.voids_id = line.id)"
# Lines that were written again, and when what they say had happened; each names the undoing that it takes back.
AGAIN = f"""
again AS (
    SELECT line.id, first.transaction_at AS at, first.restores_id
    FROM {LINE} line JOIN {LINE} undoing ON undoing.id = line.restores_id
    JOIN {LINE} first ON first.id = undoing.voids_id
    WHERE line.merchant_id = %(merchant)s AND line.restores_id IS NOT NULL
    UNION ALL
    SELECT again.id, first.transaction_at, first.restores_id
    FROM again JOIN {LINE} undoing ON undoing.id = again.restores_id
    JOIN {LINE} first ON first.id = undoing.voids_id
)"""
# The visits of living cards, one row each.
VISIT = f"""
visit AS (
    SELECT COALESCE(card.merged_into_id, card.id) AS card_id, {{store}} AS store_id,
        (timezone(%(zone)s, COALESCE(again.at, line.transaction_at)))::date AS day
    FROM {LINE} line
    JOIN {CARD} card ON card.id = line.card_id
    LEFT JOIN {CARD} remaining ON remaining.id = card.merged_into_id
    LEFT JOIN again ON again.id = line.id AND again.restores_id IS NULL
    WHERE line.merchant_id = %(merchant)s AND line.transaction_type IN {KINDS} AND NOT {UNDONE}
        AND COALESCE(again.at, line.transaction_at) < %(until)s
        AND card.deleted_at IS NULL AND remaining.deleted_at IS NULL
    GROUP BY 1, 2, 3
)"""


class FirstVisit(Func):
    """Whether a card's first visit was on a day of some, and was followed by another within so many days.

        cards.filter(FirstVisit.of(first=date(2026, 5, 1), within=30, store_id=None))

    It looks at the lines of each card, and of those that were merged into it. Of what was written again more than
    once, the day is that of the last time but one.
    """

    output_field = BooleanField()
    template = f"""EXISTS (
    SELECT FROM (SELECT %(expressions)s) AS asked(card_id, zone, first, last, within, store_id), LATERAL (
        SELECT MIN(day) AS first_day, (array_agg(day ORDER BY day))[2] AS next_day FROM (
            SELECT DISTINCT timezone(asked.zone, COALESCE(again.transaction_at, line.transaction_at))::date AS day
            FROM {LINE} line
            LEFT JOIN {LINE} taken_back ON taken_back.id = line.restores_id
            LEFT JOIN {LINE} again ON again.id = taken_back.voids_id
            WHERE line.card_id IN (
                SELECT asked.card_id UNION ALL
                SELECT id FROM {CARD} merged WHERE merged.merged_into_id = asked.card_id AND deleted_at IS NULL
            ) AND line.transaction_type IN {KINDS} AND NOT {UNDONE}
                AND (asked.store_id IS NULL OR line.store_id = asked.store_id)
        ) visit
    ) found
    WHERE (asked.first IS NULL OR found.first_day >= asked.first)
        AND (asked.last IS NULL OR found.first_day <= asked.last) AND found.first_day IS NOT NULL
        AND (asked.within IS NULL OR found.next_day - found.first_day <= asked.within))"""

    @classmethod
    def of(
        cls,
        *,
        first: date | None = None,
        last: date | None = None,
        within: int | None = None,
        store_id: int | None = None,
        zone: str,
    ) -> "FirstVisit":
        """The condition; what is None is not asked. `zone`: whose days they are."""
        days = [Cast(Value(day), DateField()) for day in (first, last)]
        numbers = [Cast(Value(number), BigIntegerField()) for number in (within, store_id)]
        return cls(F("pk"), Cast(Value(zone), TextField()), *days, *numbers)
