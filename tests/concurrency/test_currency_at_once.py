"""The race of a currency's change against the first purchases: their points are those of the currency that stays.

It is also run with what holds it taken out, and then fails.
"""

import threading
from collections import Counter
from typing import Any

import pytest

from loyalty.models import Purchase
from loyalty.reporting import fairness
from loyalty.services import purchases
from tenancy.models import Store
from tenancy.services import change_currency
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd, loses
from tests.patience import PATIENCE

pytestmark = pytest.mark.concurrency
STAFF, OPERATOR = factories.actor("staff"), factories.actor("operator")


def half_buy_and_half_change_the_currency(crowd: Crowd, changed: threading.Event) -> None:
    shop = factories.shop(points_per_euro=1)
    cards = [factories.card(shop.store) for _person in range(crowd.size // 2)]

    def act(number: int) -> Any:
        store = Store.objects.select_related("merchant__loyalty_settings").get(pk=shop.store.pk)
        if number % 2:
            change_currency(merchant=store.merchant, actor=OPERATOR, currency="JPY")
            changed.set()
            return "changed"
        about = {"store": store, "card_id": cards[number // 2].pk, "actor": STAFF, "stamps": 0}
        return purchases.record(purchase_amount_cents=1200, **about)

    answers = Counter(crowd.all_at_once(act))
    currency = factories.fresh(shop.merchant).currency
    wrong = [str(violation) for violation in fairness.violations()]
    assert wrong == [], f"{len(wrong)} purchases are worth something else in {currency}"
    assert answers["done"] == len(cards) == Purchase.objects.filter(merchant=shop.merchant).count()
    others = {"changed"} if currency == "JPY" else {"currency_in_use"}
    assert answers.keys() - {"done"} <= {"changed", "currency_in_use"}
    assert others <= answers.keys()


def test_a_currency_changes_before_the_first_purchase_or_not_at_all(crowd: Crowd) -> None:
    """Seen red: `test_without_its_lock_purchases_are_worth_something_else`."""
    for _round in range(ROUNDS):
        half_buy_and_half_change_the_currency(crowd, threading.Event())


def test_without_its_lock_purchases_are_worth_something_else(few: Crowd) -> None:
    changed = threading.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purchases, "hold_currency", lambda _merchant: changed.wait(PATIENCE))
        with loses("[1-5] purchases are worth something else in JPY"):
            half_buy_and_half_change_the_currency(few, changed)
