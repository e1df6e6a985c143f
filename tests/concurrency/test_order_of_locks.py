"""Two who lock many rows lock them in one order, so that neither waits for one who waits for it
(`groundwork.database.locks`).

Each test lets the one who has the first half of its locks wait until the other one waits for it, and then go on: any
other order is a deadlock, at once and every time.
"""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from customers import services as customers
from groundwork import deletion
from groundwork.messaging import outbox
from loyalty import ledger, promoted
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Promotion, Purchase
from loyalty.services import promotions, undoing
from notifications.models import EmailLog
from notifications.services import people
from tenancy.models import OutboxMessage
from tests import factories
from tests.buying import bring_back, buy
from tests.concurrency.crowd import Crowd
from tests.lock_waits import somebody_waits
from tests.patience import PATIENCE

pytestmark = pytest.mark.concurrency
OWNER = factories.actor("owner")


def meet(
    few: Crowd, first_half: Callable[[], Any], other: Callable[[], Any], second_half: Callable[[], Any]
) -> None:
    """One locks a half, another one begins, and waits or is through; then the one goes on. Both must get there."""
    holding, through = threading.Event(), threading.Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                first_half()
                holding.set()
                while not (through.wait(0.01) or somebody_waits()):
                    pass
                second_half()
            return
        assert holding.wait(PATIENCE)
        try:
            other()
        finally:
            through.set()

    assert few.all_at_once(act, people=2) == ["done", "done"]


def lock(card: LoyaltyCard) -> None:
    ledger.lock(LoyaltyCard.all_objects.filter(pk=card.pk))


def two_cards(shop: factories.Shop) -> list[LoyaltyCard]:
    """Two cards of which the first stands behind the second in the table, as after any change."""
    cards = [factories.card(shop.store) for _number in range(2)]
    with transaction.atomic():
        cards[0].save(update_fields=["updated_at"])
    return cards


def as_they_lie(act: Callable[[], Any]) -> None:
    """Do something for which the database may use no index: it comes upon rows as they lie in their table."""
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("indexscan", "indexonlyscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        act()


def test_a_program_is_deleted_while_two_of_its_cards_are_merged(few: Crowd) -> None:
    """Seen red with a bare UPDATE of the cards: deadlock detected."""
    shop = factories.shop()
    first, second = two_cards(shop)

    def delete() -> None:
        as_they_lie(lambda: deletion.soft_delete(shop.program, by=None))

    meet(few, lambda: lock(first), delete, lambda: lock(second))
    assert LoyaltyCard.objects.filter(program=shop.program).count() == 0


def test_a_program_comes_back_while_the_cards_of_a_person_are_locked(few: Crowd) -> None:
    """Seen red with a bare UPDATE of the cards: deadlock detected."""
    shop = factories.shop()
    first, second = two_cards(shop)
    deletion.soft_delete(shop.program, by=None)
    LoyaltyCard.all_objects.filter(pk=first.pk).update(is_active=True)  # it stands behind again

    def restore() -> None:
        as_they_lie(lambda: deletion.restore(shop.program))

    meet(few, lambda: lock(first), restore, lambda: lock(second))
    assert LoyaltyCard.objects.filter(program=shop.program).count() == 2


def test_a_merchant_is_deleted_while_a_person_with_a_card_of_one_store_is_erased(few: Crowd) -> None:
    """Seen red with a deletion that goes store by store, cards and all, and takes the people afterwards."""
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store)
    person = type(card.customer).all_objects.filter(pk=card.customer_id).select_for_update(no_key=True)
    meet(
        few,
        lambda: list(person),
        lambda: deletion.soft_delete(shop.merchant, by=None),
        lambda: lock(card),
    )
    assert factories.fresh(card).is_deleted
    customers.erase_person(customer=card.customer)


def hold(promotion: Promotion) -> None:
    promoted.left_of([promotion.pk], holds=True)


def test_undoing_many_lines_is_foreseen_while_a_purchase_counts_on_the_same_budgets(few: Crowd) -> None:
    """Seen red with budgets locked line by line, from the newest to the oldest: deadlock detected."""
    shop = factories.shop()
    card = factories.card(shop.store)
    older = factories.promotion(shop.program, "Older", budget=900)
    first = buy(card, shop, cents=500)
    promotions.stop(promotion_id=older.pk, actor=OWNER)
    newer = factories.promotion(shop.program, "Newer", budget=900)
    second = buy(card, shop, cents=700)
    lines = LoyaltyTransaction.objects.filter(purchase__in=[first, second], transaction_type="points_earned")
    batch = undoing.begin(lines=lines, actor=OWNER)

    def foresee() -> None:
        undoing.foresee(batch=batch, actor=OWNER)

    meet(few, lambda: hold(older), foresee, lambda: hold(newer))
    foreseen = undoing.figures_of(batch)
    assert (foreseen.refused, foreseen.points) == (0, -2 * (50 + 70))
    assert factories.fresh(card).points_balance == 2 * (50 + 70)


def test_something_is_brought_back_while_its_budget_is_held(few: Crowd) -> None:
    """Seen red with the receipt locked before the budgets: deadlock detected."""
    shop = factories.shop()
    card = factories.card(shop.store)
    double = factories.promotion(shop.program, "Double", budget=900)
    bought = buy(card, shop, cents=500)

    def lock_receipt() -> None:
        list(Purchase.objects.filter(pk=bought.pk).select_for_update(no_key=True))

    meet(few, lambda: hold(double), lambda: bring_back(bought, shop), lock_receipt)
    assert factories.fresh(card).points_balance == 0


def test_dead_messages_are_put_back_while_somebody_holds_them(few: Crowd) -> None:
    house = factories.merchant()
    about = {"merchant": house, "event": "a", "subscriber": "b", "state": "dead"}
    first, second = [OutboxMessage.objects.create(**about) for _number in range(2)]
    OutboxMessage.objects.filter(pk=first.pk).update(attempts=12)  # it stands behind the second now

    def hold(message: OutboxMessage) -> None:
        list(OutboxMessage.objects.filter(pk=message.pk).select_for_update())

    meet(few, lambda: hold(first), lambda: outbox.try_again([first.pk, second.pk]), lambda: hold(second))
    assert Counter(OutboxMessage.objects.values_list("state", flat=True)) == {"waiting": 2}


def test_a_persons_emails_are_blanked_while_somebody_holds_them(few: Crowd) -> None:
    shop = factories.shop()
    person = factories.customer(shop.store)
    first, second = [
        EmailLog.objects.create(
            merchant=shop.merchant,
            customer=person,
            code="card_link",
            to="a@example.com",
            status="suppressed",
            dedup_key=f"{number}",
        )
        for number in range(2)
    ]
    EmailLog.objects.filter(pk=first.pk).update(subject="behind the second now")

    def hold(log: EmailLog) -> None:
        list(EmailLog.objects.filter(pk=log.pk).select_for_update(of=("self",)))

    meet(few, lambda: hold(first), lambda: people.erase(person), lambda: hold(second))
    assert set(EmailLog.objects.values_list("to", flat=True)) == {""}
