"""Numbers for cards that are made many at a time."""

from groundwork.database import bulk
from loyalty import tokens
from loyalty.models import LoyaltyCard, PrintedCard


def free(count: int) -> list[str]:
    """So many card numbers that are neither anybody's nor printed; among a million, some of thousands are."""
    numbers: set[str] = set()
    while len(numbers) < count:
        wanted = {tokens.card_number() for _number in range(count - len(numbers))}
        for model in (LoyaltyCard, PrintedCard):
            wanted -= bulk.present(model, "card_number", sorted(wanted))
        numbers |= wanted
    return list(numbers)
