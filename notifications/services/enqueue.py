"""Enqueueing e-mails: one statement puts a whole batch into the queue, a card at the till or a night's expiry.

What is decided here in SQL (who is written to, in which language, from which store) is decided again from the present
when an e-mail is sent, in `notifications.variables`; a test holds the two together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    ExpressionWrapper,
    F,
    JSONField,
    Model,
    Q,
    QuerySet,
    SmallIntegerField,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, NullIf

from groundwork.messaging import doorbell
from groundwork.queue import clock
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from notifications.codes import LOOK_AGAIN_AFTER, LOOKED_AT_AGAIN, Code
from notifications.models import EmailLog, Status
from notifications.services.queue import SEND_TASK, SWEEP_TASK
from notifications.variables import DELETED, ERASED, NO_ADDRESS, RECIPIENTS

RING_ONE_BY_ONE = 20
_TEXT = TextField()


def for_lines(*, merchant_id: int, code: Code, transaction_ids: Sequence[int]) -> None:
    """Enqueue one e-mail for each line of the ledger, about its card, unless it was enqueued before."""
    if not transaction_ids:
        return
    lines = LoyaltyTransaction.objects.filter(merchant_id=merchant_id, pk__in=transaction_ids)
    cause = Concat(Value("transaction="), Cast("pk", _TEXT), output_field=_TEXT)
    _enqueue(code, lines, "card__", cause, JSONObject(transaction_id=F("pk")))


def for_cards(*, merchant_id: int, code: Code, card_ids: Sequence[int], cause: str | Combinable) -> None:
    """Enqueue one e-mail for each card, unless the same cause has enqueued it before.

    `cause`: a word or an expression on the card that is the same for the same cause (a span of time, a warning).
    """
    if not card_ids:
        return
    cards = LoyaltyCard.all_objects.filter(merchant_id=merchant_id, pk__in=card_ids)
    said = Value(cause, _TEXT) if isinstance(cause, str) else Cast(cause, _TEXT)
    _enqueue(code, cards, "", said, Value({}, JSONField()))


def _enqueue(code: Code, rows: QuerySet[Any], card: str, cause: Combinable, context: Combinable) -> None:
    """Insert from a select; the rows that are new and due are rung for. `card`: the path from a row to its card."""
    columns = _columns(code, card, cause, context)
    named = {f"email_{name}": value for name, value in columns.items()}
    select, parameters = rows.order_by("pk").annotate(**named).values_list(*named).query.sql_with_params()
    quoted = ", ".join(connection.ops.quote_name(_column(EmailLog, name)) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {EmailLog._meta.db_table} ({quoted}) {select} "
            "ON CONFLICT (dedup_key) DO NOTHING RETURNING id, status",
            parameters,
        )
        queued = [log_id for log_id, status in cursor.fetchall() if status == Status.QUEUED]
    if code not in LOOKED_AT_AGAIN:
        _ring(queued)


def _columns(code: Code, card: str, cause: Combinable, context: Combinable) -> Mapping[str, Combinable]:
    """Every field of an e-mail that is enqueued now, as an expression on a row of cards or lines."""
    address = f"{card}customer__{RECIPIENTS.get(code, 'email')}"
    reason = _why_not(card, address)
    is_sendable = Q(email_error="")
    return {
        "error": reason,
        "created_at": clock.now(),
        "queued_at": clock.now(),
        "updated_at": clock.now(),
        "merchant": F("merchant_id"),
        "store": _of_home(card, "pk", None),
        "customer": F(f"{card}customer_id"),
        "card": F(f"{card}pk"),
        "code": Value(code.value, CharField()),
        "language": Coalesce(
            NullIf(F(f"{card}customer__preferred_language"), Value("")),
            _of_home(card, "default_language", F(f"{card}merchant__default_language")),
        ),
        "to": Coalesce(F(address), Value("")),
        "subject": Value("", CharField()),
        "body": Value("", _TEXT),
        "context": context,
        "status": Case(
            When(is_sendable, then=Value(Status.QUEUED.value)), default=Value(Status.SUPPRESSED.value)
        ),
        "fault": Value("", CharField()),
        "attempts": Value(0, SmallIntegerField()),
        "losses": Value(0, SmallIntegerField()),
        "next_attempt_at": Case(When(is_sendable, then=_due(code)), default=None),
        "dedup_key": Concat(
            Value(f"{code.value}:card="), Cast(f"{card}pk", _TEXT), Value(":"), cause, output_field=_TEXT
        ),
    }


def _due(code: Code) -> Combinable:
    """At once, or when what it is about has been looked at again."""
    if code not in LOOKED_AT_AGAIN:
        return clock.now()
    return ExpressionWrapper(clock.now() + Value(LOOK_AGAIN_AFTER), DateTimeField())


def _of_home(card: str, field: str, otherwise: Combinable | None) -> Case:
    """`variables.home_store` in SQL: a field of the store where a card is valid, else where it was issued."""
    there, issued = f"{card}scope_store", f"{card}enrolled_at_store"
    living = {f"{there}__deleted_at__isnull": True}
    return Case(
        When(Q(**{f"{there}__isnull": False}, **living), then=F(f"{there}__{field}")),
        When(
            Q(
                **{
                    f"{there}__isnull": True,
                    f"{issued}__isnull": False,
                    f"{issued}__deleted_at__isnull": True,
                }
            ),
            then=F(f"{issued}__{field}"),
        ),
        default=otherwise,
    )


def _why_not(card: str, address: str) -> Case:
    """`variables.why_not` in SQL."""
    deleted = Q(**{f"{card}customer__deleted_at__isnull": False}) | Q(**{f"{card}deleted_at__isnull": False})
    return Case(
        When(Q(**{f"{card}customer__erased_at__isnull": False}), then=Value(ERASED)),
        When(deleted, then=Value(DELETED)),
        When(Q(**{f"{address}__isnull": True}), then=Value(NO_ADDRESS)),
        default=Value(""),
        output_field=_TEXT,
    )


def _column(model: type[Model], name: str) -> str:
    return model._meta.get_field(name).column  # type: ignore[union-attr, return-value]


def _ring(log_ids: Sequence[int]) -> None:
    """Ring for each e-mail of a small batch; a large one is for the sweep."""
    if len(log_ids) > RING_ONE_BY_ONE:
        doorbell.ring(SWEEP_TASK)
        return
    for log_id in log_ids:
        doorbell.ring(SEND_TASK, email_log_id=log_id)
