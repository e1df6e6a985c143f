"""Whether those who brought friends have what they were promised, and once: for `loyalty.reporting.fairness`."""

from collections.abc import Mapping

from loyalty.models import Audience
from loyalty.models import TransactionType as Kind
from loyalty.promotion_triggers import CARD, FRIEND, GIFT, LINES, PROMOTION, USE
from loyalty.reporting.checks import Check

# The outbox brings what goes to the other card; what waits so long does not come by itself any more.
COMES_WITHIN = "interval '1 day'"
_MONTH = "promotion.id, date_trunc('month', timezone(merchant.timezone, purchase.purchased_at))"

# Each gift: whether its purchase still welcomes the friend, whether both are two people, and the line that gives it.
# `in_month`: how many are given in the month of the purchase, to whoever has the card by now; `of_card`: of them, for
# friends whom the card brought that this one was brought by.
GIFTS = f"""
gifts AS (
    SELECT gift.id, gift.merchant_id, gift.line_id, gift.amount, gift.updated_at, host.is_active AS is_open,
        COALESCE(host.merged_into_id, host.id) AS host_id, promotion.month_limit,
        COUNT(gift.line_id) OVER (PARTITION BY COALESCE(host.merged_into_id, host.id), {_MONTH}) AS in_month,
        COUNT(gift.line_id) OVER (PARTITION BY host.id, {_MONTH}) AS of_card,
        COALESCE(newcomer.merged_into_id, newcomer.id) <> COALESCE(host.merged_into_id, host.id)
            AND COALESCE(welcome.given, 0) > 0 AS is_right,
        EXISTS (SELECT 1 FROM {LINES} undoing WHERE undoing.voids_id = gift.line_id) AS is_undone
    FROM {GIFT} gift JOIN {FRIEND} friend ON friend.id = gift.friend_id
    JOIN {CARD} host ON host.id = friend.brought_by_id JOIN {CARD} newcomer ON newcomer.id = friend.card_id
    JOIN {PROMOTION} promotion ON promotion.id = gift.promotion_id
    JOIN loyalty_purchase purchase ON purchase.id = gift.purchase_id
    JOIN tenancy_merchant merchant ON merchant.id = gift.merchant_id
    LEFT JOIN LATERAL (
        SELECT SUM(points + stamps) AS given FROM {USE} used
        WHERE used.purchase_id = gift.purchase_id AND used.promotion_id = gift.promotion_id
    ) welcome ON true
)"""

CHECKS: Mapping[str, Check] = {
    "no_friend_is_welcomed_twice": Check(
        "card {0} is welcomed as a friend by promotion {1} with purchases {2}",
        f"""SELECT given.merchant_id, given.card_id, given.promotion_id,
            array_agg(given.purchase_id ORDER BY given.purchase_id)
        FROM (
            SELECT purchase.merchant_id, purchase.card_id, used.promotion_id, used.purchase_id
            FROM {USE} used JOIN {PROMOTION} promotion ON promotion.id = used.promotion_id
            JOIN loyalty_purchase purchase ON purchase.id = used.purchase_id
            WHERE promotion.audience = '{Audience.FRIEND}'
            GROUP BY 1, 2, 3, 4 HAVING SUM(used.points + used.stamps) > 0
        ) given GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
    ),
    "a_gift_for_a_friend_has_its_purchase": Check(
        "line {0} gives something for a friend whose purchase is not there any more",
        f"""WITH {GIFTS}
        SELECT merchant_id, line_id FROM gifts WHERE line_id IS NOT NULL
            AND (is_undone OR (NOT is_right AND updated_at < now() - {COMES_WITHIN}))""",
    ),
    "who_brings_a_friend_gets_the_gift": Check(
        "card {0} was promised something for a friend, and did not get it",
        f"""WITH {GIFTS}
        SELECT merchant_id, host_id FROM gifts WHERE is_right AND is_open AND line_id IS NULL
            AND amount IS DISTINCT FROM 0 AND (month_limit IS NULL OR in_month < month_limit)
            AND updated_at < now() - {COMES_WITHIN}""",
    ),
    "a_month_counts_no_more_friends_than_it_may": Check(
        "card {0} has something for {1} friends of a month, and not for {2} at most",
        f"""WITH {GIFTS}
        SELECT DISTINCT merchant_id, host_id, of_card, month_limit FROM gifts WHERE of_card > month_limit""",
    ),
    "a_gift_for_a_friend_is_of_one_line": Check(
        "line {0} says it is for a friend, and gives something else than promised",
        f"""SELECT line.merchant_id, line.id
        FROM {LINES} line JOIN {GIFT} gift ON gift.line_id = line.id
        WHERE line.transaction_type <> '{Kind.FRIEND_BONUS}' OR line.points_delta + line.stamps_delta <> gift.amount""",
    ),
}
