"""Reading e-mails: what is due, which texts apply, what is wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from customers.models import Customer
from customers.selectors import matching
from groundwork.formats.email import normalize_email
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from notifications import markup
from notifications.codes import SAID_ANEW, Code
from notifications.models import AddressProblem, EmailLog, EmailTemplate, Status
from tenancy import former
from tenancy.models import Store
from tenancy.prepared import Prepared

ALERT_LIMIT = 1_000


def with_facts(cards: QuerySet[LoyaltyCard]) -> QuerySet[LoyaltyCard]:
    """Cards with person, program, merchant and stores joined."""
    return cards.select_related("customer", "program", "merchant", "enrolled_at_store", "scope_store")


def texts(code: str, store: Store | None) -> list[EmailTemplate]:
    """The texts of an e-mail, the store's own first, then the platform's; one statement."""
    found = _texts(code=code, store_id=store.pk if store else _NO_STORE)
    return sorted(found, key=lambda text: text.store_id is None)


_NO_STORE = 0
_texts = Prepared(
    lambda *, code, store_id: EmailTemplate.objects.filter(
        Q(store__isnull=True) | Q(store=store_id), code=code
    )
)


def is_said_by_a_newer(log: EmailLog) -> bool:
    """Whether the same happened to the card once more while an e-mail waited, so that the next one says it.

    That one may be on its way already; where it is about something that was undone, it says nothing.
    """
    on_their_way = [Status.QUEUED, Status.SENDING]
    newer = EmailLog.objects.filter(
        card_id=log.card_id, code=log.code, pk__gt=log.pk, status__in=on_their_way
    )
    if log.code == Code.OWED:
        lines = list(newer.values_list("context__transaction_id", flat=True))
        return LoyaltyTransaction.objects.filter(pk__in=lines, voided_by__isnull=True).exists()
    return log.code in SAID_ANEW and newer.exists()


def newest_card(cards: QuerySet[LoyaltyCard], store: Store | None) -> LoyaltyCard | None:
    """The newest of some cards, one that was issued at a store (if given) before any of its merchant's."""
    cards = with_facts(cards).order_by("-id")
    if store is None:
        return cards.first()
    return (
        cards.filter(enrolled_at_store=store).first() or cards.filter(merchant_id=store.merchant_id).first()
    )


def dashboard_alerts(merchant_ids: Iterable[int] | None) -> list[dict[str, str]]:
    """For the console's overview: e-mails that have failed, of some merchants or (None) of all in the open scope."""
    failed = EmailLog.objects.filter(status=Status.FAILED)
    if merchant_ids is not None:
        failed = failed.filter(merchant_id__in=list(merchant_ids))
    count = failed.order_by()[:ALERT_LIMIT].count()
    if not count:
        return []
    text = ngettext("%(count)s e-mail has failed.", "%(count)s e-mails have failed.", count)
    shown = f"{ALERT_LIMIT}+" if count == ALERT_LIMIT else str(count)
    url = reverse("admin:notifications_emaillog_changelist") + f"?status__exact={Status.FAILED}"
    return [{"level": "warning", "text": text % {"count": shown}, "url": url}]


def card_annotations() -> dict[str, Exists]:
    """For `loyalty`: `email_problem`, whether e-mails to the customer's present address fail."""
    broken = AddressProblem.objects.filter(
        customer_id=OuterRef("customer_id"), address=OuterRef("customer__email"), broken_since__isnull=False
    )
    return {"email_problem": Exists(broken)}


def card_facts_then(moments: Sequence[tuple[LoyaltyCard, datetime]]) -> list[dict[str, bool]]:
    """The same of cards as they were at moments (UTC), in their order; each has the customer, and address, of then."""
    people = {card.customer_id for card, _at in moments}
    problems = AddressProblem.objects.filter(customer__in=people, broken_since__isnull=False)
    now = {row.customer_id: (row.address, row.broken_since) for row in problems}
    before = former.of_people(AddressProblem, people, since=min(at for _card, at in moments))
    found = []
    for card, at in moments:
        address, since = now.get(card.customer_id, ("", None))
        if said := next((row.said for row in before[card.customer_id] if row.until > at), None):
            address, since = (
                said["address"],
                said["broken_since"] and datetime.fromisoformat(said["broken_since"]),
            )
        found.append({"email_problem": address == card.customer.email and since is not None and since <= at})
    return found


def card_of(log: EmailLog) -> LoyaltyCard | None:
    """The card that an e-mail is about, deleted or not, with all that is written of it."""
    return next(iter(_card_of(card_id=log.card_id)), None) if log.card_id is not None else None


_card_of = Prepared(lambda *, card_id: with_facts(LoyaltyCard.all_objects.filter(pk=card_id)))


def emails_matching(emails: QuerySet[EmailLog], text: str) -> QuerySet[EmailLog]:
    """Narrow e-mails to those to an address, or to customers whose name or address contains each word."""
    if not text.split():
        return emails
    customers = matching(Customer.all_objects.all(), text)
    return emails.filter(Q(customer_id__in=customers.values("pk")) | Q(to=normalize_email(text)))


def emails_of(customer_id: int) -> list[dict[str, Any]]:
    """What was written to a person, newest first, as they get it in their export."""
    rows = EmailLog.objects.filter(customer_id=customer_id).order_by("-id")
    return [
        {
            "kind": row.code,
            "to": row.to,
            "language": row.language,
            "subject": row.subject,
            "text": markup.plain_text(row.body),
            "status": row.status,
            "created_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in rows
    ]
