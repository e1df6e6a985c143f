"""Rows that the tests of what can never be untrue copy and change."""

from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    Purchase,
    PurchaseReturn,
)
from loyalty.models.card import BALANCES, COUNTERS
from loyalty.services import purchases, returns
from tests import factories

STAFF = factories.actor("staff")
NO_FIGURES = dict.fromkeys([*BALANCES, *COUNTERS], 0)


def newest_line(card: LoyaltyCard) -> LoyaltyTransaction:
    return LoyaltyTransaction.objects.filter(card=card).latest("id")


def bought(shop: factories.Shop, card: LoyaltyCard) -> Purchase:
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF}
    made = purchases.record(purchase_amount_cents=1000, stamps=0, **about).purchase
    assert made is not None
    return made


def given_back(shop: factories.Shop, card: LoyaltyCard) -> PurchaseReturn:
    purchase = bought(shop, card)
    returns.give_back(
        store=shop.store, purchase_id=purchase.pk, actor=STAFF, amount_cents=100, reason="did not fit"
    )
    return purchase.returns.get()


def new_names() -> dict[str, str]:
    number = factories.number()
    names = {"card_number": f"{number:012}", "qr_code_data": f"Q{number:029}"}
    return names | {"access_token": f"A{number:029}"}
