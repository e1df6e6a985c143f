"""Whether everybody got what they were promised: purchases, returns, terms, expiry and figures, asked anew.

Each check is one statement over all merchants whose rows are violations, read as they come, or is shown rows piece by
piece: the memory needed does not grow with the ledger. Nothing here trusts what a service or trigger has held before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from groundwork.formats.currencies import MINOR_DIGITS, OTHER_MINOR_DIGITS
from loyalty import hindsight, receipts, rules
from loyalty.models import LoyaltyCard, MerchantCalendar, Purchase
from loyalty.models import TransactionType as Kind
from loyalty.reporting import fair_friends, fair_promotions, statistics
from loyalty.reporting.checks import AT_ONCE, Check, Violation, in_pieces, rows_of
from loyalty.terms import reference_key
from loyalty.triggers import CARD, FIGURES, LEDGER, PURCHASE, RETURN, TERMS
from tenancy.models import Merchant

EARNED = f"('{Kind.POINTS_EARNED}', '{Kind.STAMP_EARNED}')"
NO_ACTIVITY = f"({', '.join(map(repr, sorted(map(str, rules.NOT_ACTIVITY))))})"
GRACE = f"interval '{rules.CLOCK_GRACE.total_seconds()} seconds'"  # a till may have read the program a moment before


def violations() -> Iterator[Violation]:
    """Every violation of every merchant, check by check."""
    for name, check in CHECKS.items():
        for merchant_id, *named in rows_of(check.sql):
            yield Violation(name, merchant_id, check.words.format(*map(_said, named)))
    yield from fair_promotions.wrong_parts()
    with_receipt = Purchase.objects.exclude(order_reference="", reference_key="")
    yield from in_pieces(with_receipt.only("merchant_id", "order_reference", "reference_key"), _misread)
    yield from _wrong_days()
    yield from _not_put_right()


def verify(*, now: datetime) -> Iterator[Violation]:
    """Every violation; at the end, how many there were of each merchant is kept with the moment (UTC)."""
    counted: Counter[int] = Counter()
    for violation in violations():
        counted[violation.merchant_id] += 1
        yield violation
    for merchant in Merchant.all_objects.order_by("pk").iterator(AT_ONCE):
        MerchantCalendar.objects.update_or_create(
            merchant=merchant,
            defaults={"fairness_verified_at": now, "unfair": counted[merchant.pk]},
        )


def last_verdict() -> tuple[datetime | None, int]:
    """When this was last looked at (UTC; None: never), and how many violations there were then."""
    kept = MerchantCalendar.objects.aggregate(
        at=Max("fairness_verified_at"), found=Coalesce(Sum("unfair"), 0)
    )
    return kept["at"], kept["found"]


def _said(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


# --- What is not one statement ----------------------------------------------------------------------------


def _misread(purchases: Sequence[Purchase]) -> Iterator[Violation]:
    """Receipts that are compared by something else than their number: they would earn again."""
    for purchase in purchases:
        if purchase.reference_key != reference_key(purchase.order_reference):
            words = f"purchase {purchase.pk} has a receipt that is compared as another number"
            yield Violation("receipts_are_compared_by_their_number", purchase.merchant_id, words)


def _wrong_days() -> Iterator[Violation]:
    for merchant in Merchant.objects.order_by("pk").iterator(AT_ONCE):
        for day, store_id, name, kept, counted in statistics.differing_days(merchant):
            at = f"store {store_id}" if store_id else "no store"
            words = f"{day} at {at}: {name} is kept as {kept}, the ledger says {counted}"
            yield Violation("figures_of_days_are_those_of_the_ledger", merchant.pk, words)


def _not_put_right() -> Iterator[Violation]:
    """Cards of which something came back after an expiry, or after a debt was let go, told again from the start."""
    for merchant_id, card_id in rows_of(TAKEN_BACK_SINCE):
        if hindsight.adjustments(receipts.told(LoyaltyCard(pk=card_id)), {}) != hindsight.NOTHING:
            words = f"card {card_id} has more expired, or let go, than was rightly there"
            yield Violation("what_expired_was_rightly_there", merchant_id, words)


# --- The statements ---------------------------------------------------------------------------------------


def _exactly(line: str) -> str:
    return f"{line}.points_delta * {rules.POINT} + {line}.points_fraction_delta"


def _promoted(line: str, what: str) -> str:
    """What of a line promotions gave, or took."""
    parts = f"SELECT SUM((part->>'{what}')::bigint) FROM jsonb_array_elements({line}.promotions) part"
    return f"CASE WHEN {line}.promotions IS NULL THEN 0 ELSE ({parts}) END"


# The terms of each program in order: the first hold since ever, each until the next ones begin.
SPANS = f"""
spans AS (
    SELECT *, ROW_NUMBER() OVER of_program AS number, LEAD(valid_from) OVER of_program AS until
    FROM {TERMS} WINDOW of_program AS (PARTITION BY program_id ORDER BY valid_from, id)
)"""

# What each purchase gives: all its lines together, and those that earned and are not undone.
GIVEN = f"""
given AS (
    SELECT line.purchase_id, SUM({_exactly("line")}) AS points, SUM(line.stamps_delta) AS stamps,
        SUM({_exactly("line")} - {_promoted("line", "points")}) AS base_points,
        SUM(line.stamps_delta - {_promoted("line", "stamps")}) AS base_stamps,
        BOOL_OR(line.transaction_type = '{Kind.POINTS_EARNED}' AND undone.id IS NULL) AS earns_points,
        SUM(line.stamps_delta - {_promoted("line", "stamps")}) FILTER (
            WHERE line.transaction_type = '{Kind.STAMP_EARNED}' AND undone.id IS NULL
        ) AS living_stamps
    FROM {LEDGER} line LEFT JOIN (SELECT voids_id AS id FROM {LEDGER} WHERE voids_id IS NOT NULL) undone
        ON undone.id = line.id
    WHERE line.purchase_id IS NOT NULL GROUP BY line.purchase_id
)"""

# How many of the minor unit make a whole one of the merchant's currency.
WHOLE = (
    "CASE "
    + " ".join(
        f"WHEN merchant.currency IN ({', '.join(map(repr, codes.split()))}) THEN {10**digits}"
        for digits, codes in OTHER_MINOR_DIGITS.items()
    )
    + f" ELSE {10**MINOR_DIGITS} END"
)

# What is left of each open purchase is worth under its terms, in ten-thousandths of a point and in stamps: what
# promotions gave beside it is looked at by `fair_promotions`.
WORTH = f"""
worth AS (
    SELECT purchase.id, purchase.merchant_id, purchase.is_open,
        COALESCE(given.points, 0) AS points, COALESCE(given.stamps, 0) AS stamps,
        COALESCE(given.base_points, 0) AS base_points, COALESCE(given.base_stamps, 0) AS base_stamps,
        CASE WHEN given.earns_points AND terms.loyalty_type <> 'stamps'
                AND kept.cents >= terms.minimum_purchase_cents
            THEN kept.units - CASE WHEN terms.carry_remainders THEN 0 ELSE mod(kept.units, {rules.POINT}) END
            ELSE 0 END AS worth_points,
        CASE WHEN kept.cents > 0 THEN COALESCE(given.living_stamps, 0) ELSE 0 END AS worth_stamps
    FROM {PURCHASE} purchase JOIN {TERMS} terms ON terms.id = purchase.terms_id
    JOIN tenancy_merchant merchant ON merchant.id = purchase.merchant_id
    LEFT JOIN given ON given.purchase_id = purchase.id
    CROSS JOIN LATERAL (
        SELECT left_of.cents, div(left_of.cents * terms.points_per_euro * {rules.POINT}, {WHOLE}) AS units
        FROM (SELECT purchase.amount_cents - purchase.returned_cents AS cents) left_of
    ) kept
)"""

# Each expiry with the terms that the night may have read for it, a row each, the last activity before it, and what put
# it off: a program that was changed by somebody whose clock is behind was not changed yet. One of them must allow it.
EXPIRIES = f"""
expiries AS (
    SELECT line.id, line.merchant_id, line.card_id, line.transaction_at AS at, active.at AS active_at,
        CASE WHEN spans.loyalty_type <> 'stamps' THEN spans.points_expiration_days END AS days,
        spans.expiry_requires_warning AS requires_warning, card.last_expiration_warning_at AS warned_at,
        ARRAY[card.expiry_not_before, program.expiry_not_before] AS not_before
    FROM {LEDGER} line JOIN {CARD} card ON card.id = line.card_id
    JOIN loyalty_loyaltyprogram program ON program.id = card.program_id
    JOIN spans ON spans.program_id = card.program_id
        AND (spans.number = 1 OR spans.valid_from <= line.transaction_at)
        AND (spans.until IS NULL OR spans.until > line.transaction_at - {GRACE})
    CROSS JOIN LATERAL (
        SELECT MAX(transaction_at) AS at FROM {LEDGER} earlier
        WHERE earlier.card_id = line.card_id AND earlier.id < line.id AND transaction_type NOT IN {NO_ACTIVITY}
    ) active
    WHERE line.transaction_type = '{Kind.POINTS_EXPIRED}'
)"""

# What put an expiry off lies between the end of the period and the expiry; what is later was decided afterwards.
PUT_OFF = (
    "SELECT moment FROM unnest(not_before) moment"
    " WHERE moment > active_at + days * interval '24 hours' AND moment <= at"
)
WARNING = f"interval '{rules.WARNING_DAYS * 24} hours'"
WARNED = f"interval '{rules.WARNED_AT_LEAST.total_seconds()} seconds'"

# The cards that remain of those where something was undone or returned after an expiry or a debt let go.
TAKEN_BACK_SINCE = f"""
SELECT DISTINCT card.merchant_id, COALESCE(card.merged_into_id, card.id)
FROM {LEDGER} line JOIN {CARD} card ON card.id = line.card_id
WHERE line.transaction_type IN ({", ".join(map(repr, sorted(hindsight.BOUNDED)))}) AND EXISTS (
    SELECT 1 FROM {LEDGER} later WHERE later.id > line.id
        AND later.card_id IN (card.id, card.merged_into_id)
        AND (later.voids_id IS NOT NULL OR later.purchase_return_id IS NOT NULL))
ORDER BY 1, 2"""

CHECKS: Mapping[str, Check] = {
    "a_receipt_earns_once": Check(
        "purchases {0} are one receipt, and each of them earns",
        f"""SELECT merchant_id, array_agg(id ORDER BY id) FROM {PURCHASE}
        WHERE is_open AND reference_key <> '' GROUP BY merchant_id, reference_key HAVING COUNT(*) > 1""",
    ),
    "a_closed_purchase_gives_nothing": Check(
        "purchase {0} is undone or wholly returned, and gives {1} points and {2} stamps",
        f"""WITH {GIVEN}, {WORTH}
        SELECT merchant_id, id, trim_scale(points / {rules.POINT}), stamps FROM worth
        WHERE NOT is_open AND (points <> 0 OR stamps <> 0)""",
    ),
    "a_purchase_gives_what_its_rest_is_worth": Check(
        "purchase {0} gives {1} points and {2} stamps, what is left of it is worth {3} and {4}",
        f"""WITH {GIVEN}, {WORTH}
        SELECT merchant_id, id, trim_scale(base_points / {rules.POINT}), base_stamps,
            trim_scale(worth_points / {rules.POINT}), worth_stamps
        FROM worth WHERE is_open AND (base_points <> worth_points OR base_stamps <> worth_stamps)""",
    ),
    "what_is_undone_gives_nothing": Check(
        "line {0} undoes line {1} by something else than its opposite",
        f"""SELECT line.merchant_id, line.id, undone.id
        FROM {LEDGER} line JOIN {LEDGER} undone ON undone.id = line.voids_id
        WHERE line.purchase_id IS DISTINCT FROM undone.purchase_id OR line.purchase_id IS NULL AND (
            line.stamps_delta + undone.stamps_delta <> 0
            OR {_exactly("line")} + {_exactly("undone")} <> 0)""",
    ),
    "what_is_written_again_is_as_before": Check(
        "line {0} writes line {1} again, and is something else",
        f"""SELECT again.merchant_id, again.id, undone.id
        FROM {LEDGER} again JOIN {LEDGER} undoing ON undoing.id = again.restores_id
        LEFT JOIN {LEDGER} undone ON undone.id = undoing.voids_id
        WHERE again.card_id <> undoing.card_id OR again.purchase_id IS DISTINCT FROM undoing.purchase_id
            OR again.stamps_delta + undoing.stamps_delta <> 0
            OR {_exactly("again")} + {_exactly("undoing")} <> 0
            OR undone.id IS NOT NULL AND (
                (again.transaction_type, again.terms_id, again.reward_id)
                IS DISTINCT FROM (undone.transaction_type, undone.terms_id, undone.reward_id))""",
    ),
    "returns_are_within_their_purchase": Check(
        "purchase {0} of {1} has returns of {3} and says {2}",
        f"""SELECT purchase.merchant_id, purchase.id, purchase.amount_cents, purchase.returned_cents,
            COALESCE(parts.cents, 0)
        FROM {PURCHASE} purchase LEFT JOIN (
            SELECT purchase_id, SUM(amount_cents) AS cents FROM {RETURN} WHERE undone_at IS NULL GROUP BY purchase_id
        ) parts ON parts.purchase_id = purchase.id
        WHERE purchase.returned_cents <> COALESCE(parts.cents, 0)
            OR COALESCE(parts.cents, 0) > purchase.amount_cents""",
    ),
    "terms_were_valid": Check(
        "{0} {1} names terms {2}, which were not valid at its moment",
        f"""WITH {SPANS}, moments AS (
            SELECT merchant_id, 'line' AS what, id, card_id, terms_id, transaction_at AS at
            FROM {LEDGER} WHERE transaction_type IN {EARNED} AND restores_id IS NULL
            UNION ALL SELECT merchant_id, 'purchase', id, card_id, terms_id, purchased_at FROM {PURCHASE}
        )
        SELECT moments.merchant_id, what, moments.id, moments.terms_id
        FROM moments JOIN {CARD} card ON card.id = moments.card_id
        LEFT JOIN spans ON spans.id = moments.terms_id AND spans.program_id = card.program_id
        WHERE spans.id IS NULL OR (spans.number > 1 AND at + {GRACE} < spans.valid_from)
            OR at - {GRACE} >= spans.until""",
    ),
    "lines_go_by_the_terms_of_their_purchase": Check(
        "line {0} names other terms than its purchase {1}",
        f"""SELECT line.merchant_id, line.id, purchase.id
        FROM {LEDGER} line JOIN {PURCHASE} purchase ON purchase.id = line.purchase_id
        WHERE line.terms_id IS DISTINCT FROM purchase.terms_id""",
    ),
    "points_expire_when_it_is_time": Check(
        "line {0} took the points of card {1} before their time",
        f"""WITH {SPANS}, {EXPIRIES}
        SELECT merchant_id, id, card_id FROM expiries GROUP BY merchant_id, id, card_id
        HAVING BOOL_AND(COALESCE(days IS NULL OR active_at + days * interval '24 hours' > at, false))""",
    ),
    # A card that was warned again since says no more of the warning before.
    "an_expiry_had_its_warning": Check(
        "line {0} took the points of card {1} without the warning that had to go first",
        f"""WITH {SPANS}, {EXPIRIES}
        SELECT merchant_id, id, card_id FROM expiries GROUP BY merchant_id, id, card_id
        HAVING BOOL_AND(COALESCE(
            (requires_warning OR EXISTS ({PUT_OFF})) AND COALESCE(warned_at, active_at) <= at AND (
            warned_at IS NULL OR warned_at < active_at OR warned_at > at - {WARNED}
            OR EXISTS (SELECT 1 FROM ({PUT_OFF}) put_off WHERE warned_at < moment - {WARNING})), false))""",
    ),
    "a_card_is_as_its_newest_line": Check(
        "card {0} has other figures than the newest line of its ledger",
        f"""SELECT card.merchant_id, card.id FROM {CARD} card LEFT JOIN LATERAL (
            SELECT {", ".join(FIGURES.values())} FROM {LEDGER} WHERE card_id = card.id ORDER BY id DESC LIMIT 1
        ) line ON true
        WHERE ({", ".join(f"card.{figure}" for figure in FIGURES)})
            IS DISTINCT FROM ({", ".join(f"COALESCE(line.{column}, 0)" for column in FIGURES.values())})""",
    ),
    **fair_promotions.CHECKS,
    **fair_friends.CHECKS,
}
NOT_ONE_STATEMENT = (
    fair_promotions.PARTS,
    "receipts_are_compared_by_their_number",
    "figures_of_days_are_those_of_the_ledger",
    "what_expired_was_rightly_there",
)
