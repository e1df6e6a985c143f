"""A day at a shop that is told line by line, and all that is changed afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import (
    Any,
)

import time_machine

from customers.models import Customer
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    PointsReward,
    Promotion,
)
from loyalty.outputs import purchase as of_purchase
from loyalty.outputs import told
from loyalty.outputs import transaction as of_line
from loyalty.outputs.told import LineTold
from loyalty.services import cards, points, programs, purchases, returns, stamps, voids
from notifications.models import AddressProblem
from tenancy.models import Merchant, Store, User
from tests import factories
from tests.factories import Shop
from wallet.models import PassState, Platform, WalletPass

NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


MANAGER, OWNER = factories.actor("manager"), factories.actor("owner")


def forty_days_old() -> Shop:
    """A shop that was there before anything that is told of it."""
    with time_machine.travel(NOON - timedelta(days=40)):
        return factories.shop(
            require_staff_pin=False,
            stamps_target=4,
            stamps_reward_description="A coffee",
            cooldown_minutes=15,
            points_per_euro="1.37",
            points_expiration_days=100,
        )


class Day:
    """A day at a shop, told line by line at once; and the same lines told again."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.at_once: dict[int, LineTold] = {}

    def tell(self) -> None:
        """Say at once what is told of the lines that were written since."""
        lines = told.to_tell(LoyaltyTransaction.objects.exclude(pk__in=self.at_once))
        rows = list(lines.order_by("pk"))
        self.at_once.update(zip((row.pk for row in rows), told.lines_told(rows), strict=True))

    def told_now(self) -> dict[int, LineTold]:
        rows = list(told.to_tell(LoyaltyTransaction.objects.filter(pk__in=self.at_once)).order_by("pk"))
        return dict(zip((row.pk for row in rows), told.lines_told(rows), strict=True))


def a_day(shop: Shop, clock: Any) -> tuple[Day, LoyaltyCard]:
    """A purchase that a promotion doubles, a reward, and bread that is brought back; much is spent by then."""
    day = Day(shop)
    card = factories.card(shop.store, name="Anna Weber", phone="+352621123456", birth_date=date(1990, 5, 1))
    day.tell()
    clock.shift(timedelta(minutes=5))
    person = Customer.objects.get(pk=card.customer_id)
    person.tags, person.preferred_language = ["vip"], "fr"
    person.save()
    AddressProblem.objects.create(
        merchant=shop.merchant,
        customer=card.customer,
        address=card.customer.email,
        broken_since=datetime.now(UTC),
    )
    for platform, name in ((Platform.APPLE, "serial_number"), (Platform.GOOGLE, "object_id")):
        WalletPass.objects.create(
            merchant=shop.merchant, card=card, platform=platform, card_key="key", **{name: f"of-{platform}"}
        )
    factories.promotion(shop.program, "Double day", budget=10_000)
    about = {"store": shop.store, "card_id": card.pk, "actor": factories.actor("staff", shop.staff)}
    clock.shift(timedelta(hours=1))
    done = purchases.record(
        purchase_amount_cents=50_000,
        order_reference="R-1",
        items=[{"sku": "1", "category": "bread", "quantity": 2, "amount_cents": 50_000}],
        **about,
    )
    day.tell()
    clock.shift(timedelta(minutes=20))
    points.redeem(reward_id=shop.program.rewards.get(name="Croissant").pk, **about)
    day.tell()
    clock.shift(timedelta(minutes=20))
    stamps.give(store=shop.store, card_id=card.pk, actor=MANAGER, count=3)
    day.tell()
    clock.shift(timedelta(minutes=20))
    assert done.purchase
    returns.give_back(
        store=shop.store, purchase_id=done.purchase.pk, actor=MANAGER, amount_cents=49_000, reason="stale"
    )
    day.tell()
    return day, card


def everything_changes(shop: Shop, card: LoyaltyCard, clock: Any) -> None:
    """The card goes on, and every row around it says something else."""
    clock.shift(timedelta(days=2))
    bought = purchases.record(
        store=shop.store, card_id=card.pk, actor=MANAGER, purchase_amount_cents=60_000, order_reference="R-2"
    ).purchase
    assert bought
    stamps.redeem(store=shop.store, card_id=card.pk, actor=MANAGER)
    returns.give_back(store=shop.store, purchase_id=bought.pk, actor=MANAGER, reason="all of it")
    undone = LoyaltyTransaction.objects.get(transaction_type="stamp_earned", purchase__isnull=True)
    voids.void(store=shop.store, transaction_id=undone.pk, actor=MANAGER, reason="a mistake")
    clock.shift(timedelta(hours=1))
    cards.replace(store=shop.store, card_id=card.pk, actor=MANAGER, reason="lost", new_number=True)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    row = LoyaltyCard.objects.get(pk=card.pk)
    row.scope_store = shop.other_store
    row.save(update_fields=["scope_store", "updated_at"])
    person = Customer.objects.get(pk=card.customer_id)
    person.first_name, person.last_name, person.email, person.phone = "Else", "Other", "o@example.com", ""
    person.birth_date, person.preferred_language, person.tags = None, "lb", []
    person.save()
    for row in WalletPass.objects.filter(card=card):
        row.state, row.retired_at = PassState.VOID, datetime.now(UTC)
        row.save()
    said = {"loyalty_type": "points", "stamps_target": 9, "max_daily_stamps": 2}
    programs.change(
        program_id=shop.program.pk, actor=OWNER, confirm=True, stamps_reward_description_fr="Un café", **said
    )
    for reward in PointsReward.objects.all():
        reward.name_en, reward.name_fr, reward.points_cost = "Tea", "Un thé", reward.points_cost + 70_000
        reward.save()
    for promotion in Promotion.objects.all():
        promotion.name_en, promotion.name_fr, promotion.stopped_at = "Other", "Autre", datetime.now(UTC)
        promotion.save()
    for store in Store.objects.filter(merchant=shop.merchant):
        store.name, store.store_code = f"Elsewhere {store.pk}", f"elsewhere-{store.pk}"
        store.save()
    somebody = User.objects.get(pk=shop.staff.pk)
    somebody.first_name = "Somebody else"
    somebody.save()
    house = Merchant.objects.get(pk=shop.merchant.pk)
    house.default_language = "fr"
    house.save()
    clock.shift(timedelta(days=2))


def as_things_are(card: LoyaltyCard, line_id: int) -> dict[str, Any]:
    """The same shapes as somebody is told them who asks about the present."""
    row = told.to_tell(LoyaltyTransaction.objects.filter(pk=line_id)).get()
    (now,) = told.cards_told_at([card.pk], at=datetime.now(UTC))
    shown: dict[str, Any] = {"transaction": of_line.transaction(row, can_void=False), "card": now}
    return shown | {"purchase": of_purchase.purchase(row.purchase, can_return=False) if row.purchase else {}}
