"""Reading e-mails: what is due, which texts apply, what is wrong."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, Expression, OuterRef, Q, QuerySet

from loyalty.models import LoyaltyCard
from notifications import marks
from notifications.models import AddressProblem, EmailLog, EmailTemplate, Status
from tenancy.models import Store


def due(now: datetime) -> QuerySet[EmailLog]:
    """E-mails that a worker may take up: owed, or left behind by a worker that is gone."""
    return EmailLog.objects.filter(next_attempt_at__lte=now)


def cards_to_write_about(merchant_id: int, card_ids: Iterable[int]) -> list[LoyaltyCard]:
    """Cards with all that an e-mail needs, deleted ones too, in id order; one statement."""
    cards = LoyaltyCard.all_objects.filter(merchant_id=merchant_id, pk__in=list(card_ids))
    return list(with_facts(cards).order_by("id"))


def with_facts(cards: QuerySet[LoyaltyCard]) -> QuerySet[LoyaltyCard]:
    """Cards with person, program, merchant and stores joined."""
    return cards.select_related("customer", "program", "merchant", "enrolled_at_store", "scope_store")


def queued_ids(dedup_keys: Iterable[str]) -> list[int]:
    """Which of these e-mails wait, in order."""
    waiting = EmailLog.objects.filter(dedup_key__in=list(dedup_keys), status=Status.QUEUED)
    return list(waiting.order_by("id").values_list("pk", flat=True))


def texts(code: str, store: Store | None) -> list[EmailTemplate]:
    """The texts of an e-mail, the store's own first, then the platform's; one statement."""
    found = EmailTemplate.objects.filter(Q(store__isnull=True) | Q(store=store), code=code)
    return sorted(found, key=lambda text: text.store_id is None)


def failed(merchant_ids: Iterable[int] | None) -> QuerySet[EmailLog]:
    """E-mails that have failed, of some merchants or (None) of all in the open scope."""
    rows = EmailLog.objects.filter(status=Status.FAILED)
    return rows if merchant_ids is None else rows.filter(merchant_id__in=list(merchant_ids))


def card_annotations() -> dict[str, Expression]:
    """For `loyalty`: `email_problem`, whether e-mails to the customer's present address fail."""
    broken = AddressProblem.objects.filter(
        customer_id=OuterRef("customer_id"), address=OuterRef("customer__email"), broken_since__isnull=False
    )
    return {"email_problem": Exists(broken)}


def emails_of(customer_id: int) -> list[dict[str, Any]]:
    """What was written to a person, newest first, as they get it in their export."""
    rows = EmailLog.objects.filter(customer_id=customer_id).order_by("-id")
    return [
        {
            "kind": row.code,
            "to": row.to,
            "language": row.language,
            "subject": row.subject,
            "text": marks.plain_text(row.body),
            "status": row.status,
            "created_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in rows
    ]
