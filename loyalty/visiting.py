"""What a visit is: a local day on which a card had a line of a purchase, a stamp or a reward that stands.

Not what was adjusted, imported, expired or undone. What was undone and written again stands, on the day on which it
happened first. The visits of a card that was merged are those of the one that remains. Days are the merchant's.
"""

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
