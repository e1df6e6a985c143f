"""The words that an e-mail about a card has now."""

from loyalty.models import LoyaltyCard
from notifications import rendering, selectors, variables
from notifications.services import delivery


def words(card: LoyaltyCard, code: str = "loyalty_card_link", **context: int) -> rendering.Wording:
    fresh = selectors.with_facts(LoyaltyCard.all_objects.filter(pk=card.pk)).get()
    return delivery.fill_in(fresh, code=code, language=variables.language_of(fresh), context=context)
