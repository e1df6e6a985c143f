"""expire: a night in which 1,000,000 of 2,000,000 cards lose their points, with ledger, outbox and e-mail rows.

The yardstick is one hand-written SQL statement that writes the same rows.
"""

import gc
import resource
import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import data
from benchmarks.report import Report
from groundwork.messaging import outbox
from loyalty import rules
from loyalty.models import LoyaltyCard
from loyalty.reporting import verification
from loyalty.services import expiry
from notifications.models import EmailLog
from tenancy import scope
from tenancy.models import OutboxMessage

DUE = 1_000_000
PROGRAM = {"loyalty_type": "points", "points_expiration_days": 365}

ONE_STATEMENT = """
WITH due AS MATERIALIZED (
    SELECT id, merchant_id, customer_id, enrolled_at_store_id, stamp_count, points_balance
    FROM loyalty_loyaltycard
    WHERE program_id = %(program)s AND is_active AND deleted_at IS NULL AND points_balance > 0
        AND last_activity_at <= %(limit)s
    FOR NO KEY UPDATE
), lines AS (
    INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, transaction_type, stamps_delta, stamps_balance_after,
        points_delta, points_balance_after, order_reference, reward_name, notes, user_agent, recorded_offline,
        transaction_at, created_at)
    SELECT merchant_id, id, 'points_expired', 0, stamp_count, -points_balance, 0, '', '',
        'Points expired after 365 days of inactivity', '', false, now(), now()
    FROM due RETURNING id, card_id
), cards AS (
    UPDATE loyalty_loyaltycard card SET points_balance = 0, updated_at = now(),
        total_points_voided = total_points_voided + due.points_balance
    FROM due WHERE due.id = card.id
), mails AS (
    INSERT INTO notifications_emaillog (merchant_id, store_id, customer_id, card_id, code, language, "to", subject,
        body, context, status, fault, error, attempts, losses, next_attempt_at, dedup_key, created_at, updated_at)
    SELECT due.merchant_id, due.enrolled_at_store_id, due.customer_id, due.id, 'loyalty_points_expired',
        customer.preferred_language, customer.email, '', '', jsonb_build_object('transaction_id', lines.id), 'queued',
        '', '', 0, 0, now(), 'loyalty_points_expired:card=' || due.id || ':transaction=' || lines.id, now(), now()
    FROM lines JOIN due ON due.id = lines.card_id JOIN customers_customer customer ON customer.id = due.customer_id
)
INSERT INTO tenancy_outboxmessage (merchant_id, event, subscriber, payload, state, attempts, next_attempt_at,
    last_error, created_at, updated_at)
SELECT %(merchant)s, event, event, jsonb_build_object('card_ids', jsonb_agg(card_id), 'transaction_ids', jsonb_agg(id)),
    'done', 0, now(), '', now(), now()
FROM (SELECT id, card_id, row_number() OVER () / 2000 AS batch FROM lines) numbered
CROSS JOIN (VALUES ('loyalty.points_expired'), ('loyalty.balances_changed')) events (event)
GROUP BY batch, event"""


def run(due: int = DUE) -> Report:
    """Measure with so many due cards among twice as many; a tenth of that first, for the memory."""
    report = Report("expire")
    small, _, _ = _night("small", due // 10)
    by_hand = _prepared_shop("by-hand", due)
    started = time.perf_counter()
    limit = timezone.now() - rules.OFFLINE_LIMIT - timedelta(days=365)
    with connection.cursor() as cursor:
        parameters = {"program": by_hand.program.pk, "merchant": by_hand.merchant.pk, "limit": limit}
        cursor.execute(ONE_STATEMENT, parameters)
    yardstick = time.perf_counter() - started
    large, seconds, parts = _night("large", due)
    ratio = seconds / yardstick
    report.add("cards expired", f"{due:,} among {2 * due:,}")
    report.add("one SQL statement", f"{yardstick:.1f} s")
    report.add("expiry, outbox and e-mails", f"{seconds:.1f} s = {ratio:.2f} x", "<= 2 x", ratio <= 2)
    report.add("of which", parts)
    report.add("peak memory", f"{large:.0f} MB", "< 200 MB", large < 200)
    report.add("the same at a tenth", f"{small:.0f} MB", "equal (10 MB)", abs(large - small) <= 10)
    wrong = sum(1 for _ in verification.differences())
    report.add("cards that differ from the ledger", str(wrong), "0", wrong == 0)
    return report


def _prepared_shop(name: str, due: int) -> data.Shop:
    shop = data.shop(name, **PROGRAM)
    data.cards(shop, due, points=100, idle="400 days")
    data.cards(shop, due, points=100, idle="1 day")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    return shop


def _night(name: str, due: int) -> tuple[float, float, str]:
    """Expire through the services and relay what they announced: peak MB, seconds, and how they divide."""
    shop = _prepared_shop(name, due)
    gc.collect()
    now = timezone.now()
    started = time.perf_counter()
    summary = expiry.expire(now=now, merchant=shop.merchant)
    expired = time.perf_counter()
    while outbox.relay():
        pass
    ended = time.perf_counter()
    with scope.merchant(shop.merchant):
        left = LoyaltyCard.objects.filter(points_balance=0).count()
        mails = EmailLog.objects.count()
    dead = OutboxMessage.objects.exclude(state="done").count()
    if (summary.cards_processed, left, mails, dead) != (due, due, due, 0):
        raise RuntimeError(
            f"Not all was done: {summary}, {left} cards, {mails} e-mails, {dead} messages left."
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = f"{expired - started:.1f} s expiry, {ended - expired:.1f} s outbox and e-mails"
    return peak, ended - started, parts
