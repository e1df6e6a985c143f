"""Whether promotions gave what they promised, and no more: for `loyalty.reporting.fairness`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from groundwork.formats.currencies import minor_digits
from loyalty import receipts, rules
from loyalty.earning import Breakdown
from loyalty.models import Audience, LoyaltyTransaction, Purchase
from loyalty.promotion_triggers import LINES, PROMOTION, USE
from loyalty.reporting.checks import Check, Violation, in_pieces

PARTS = "promotions_give_what_they_promised"
GRACE = f"interval '{rules.CLOCK_GRACE.total_seconds()} seconds'"  # a till may have read them a moment before

CHECKS: Mapping[str, Check] = {
    "uses_are_those_of_their_lines": Check(
        "line {0} and the uses of promotions {1} say different things",
        f"""WITH said AS (
            SELECT line.merchant_id, line.id, (part->>'promotion')::bigint AS promotion_id,
                (part->>'points')::bigint AS points, (part->>'stamps')::integer AS stamps
            FROM {LINES} line CROSS JOIN jsonb_array_elements(line.promotions) part
            WHERE line.promotions IS NOT NULL
        )
        SELECT COALESCE(said.merchant_id, used.merchant_id), COALESCE(said.id, used.line_id),
            array_agg(COALESCE(said.promotion_id, used.promotion_id) ORDER BY 1)
        FROM said FULL JOIN {USE} used ON used.line_id = said.id AND used.promotion_id = said.promotion_id
        WHERE (said.points, said.stamps) IS DISTINCT FROM (used.points, used.stamps)
        GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    "a_budget_counts_what_is_given": Check(
        "promotion {0} says {1} of its budget is given, its uses say {2}",
        f"""SELECT promotion.merchant_id, promotion.id, promotion.spent, COALESCE(used.given, 0)
        FROM {PROMOTION} promotion LEFT JOIN (
            SELECT promotion_id, SUM(points + stamps) AS given FROM {USE} GROUP BY promotion_id
        ) used ON used.promotion_id = promotion.id
        WHERE promotion.budget IS NOT NULL AND promotion.spent <> COALESCE(used.given, 0)""",
    ),
    "a_promotion_gives_while_it_runs": Check(
        "line {0} goes by promotion {1}, which did not run at its moment",
        f"""SELECT used.merchant_id, used.line_id, promotion.id
        FROM {USE} used JOIN {PROMOTION} promotion ON promotion.id = used.promotion_id
        WHERE (used.purchase_id IS NOT NULL OR promotion.audience <> '{Audience.FRIEND}')
            AND (promotion.planned_at IS NULL OR used.at + {GRACE} < promotion.planned_at
                OR used.at - {GRACE} >= promotion.stopped_at)""",
    ),
}


def wrong_parts() -> Iterator[Violation]:
    """Purchases that were offered promotions, and give something else than what is left of them is worth."""
    offered = Purchase.objects.filter(offers__isnull=False)
    yield from in_pieces(offered.select_related("terms", "merchant", "card__program"), _look)


def _look(purchases: Sequence[Purchase]) -> Iterator[Violation]:
    lines = _lines_of(purchases)
    for purchase in purchases:
        missing = receipts.missing(
            purchase,
            lines[purchase.pk],
            program=purchase.card.program,
            digits=minor_digits(purchase.merchant.currency),
        )
        if missing != Breakdown():
            words = f"purchase {purchase.pk} gives something else than its promotions promised"
            yield Violation(PARTS, purchase.merchant_id, words)


def _lines_of(purchases: Sequence[Purchase]) -> dict[int, list[LoyaltyTransaction]]:
    found: dict[int, list[LoyaltyTransaction]] = defaultdict(list)
    rows = LoyaltyTransaction.objects.filter(purchase__in=[purchase.pk for purchase in purchases])
    for row in rows.select_related("voided_by").order_by("pk"):
        if row.purchase_id is not None:
            found[row.purchase_id].append(row)
    return found
