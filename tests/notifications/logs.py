"""What the log says of an e-mail, and whether the address of a card has failed."""

from loyalty.models import LoyaltyCard
from loyalty.selectors import annotated
from notifications.models import EmailLog


def state(log: EmailLog) -> tuple[str, int, str]:
    log.refresh_from_db()
    return log.status, log.attempts, log.fault


def has_problem(card: LoyaltyCard) -> bool:
    return annotated(LoyaltyCard.objects.filter(pk=card.pk)).get().email_problem
