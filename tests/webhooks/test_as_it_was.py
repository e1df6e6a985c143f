"""An event says of everything what it was then, whatever was changed between the moment and the telling.

Each field of the shapes that events have is told of two moments; then all of it is changed. A field that says the same
afterwards has to stand in STAYS, with the reason for which it never changes: a new one without a word fails.
"""

import json
import types
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import (
    Annotated,
    Any,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest
import time_machine

from customers import services as customers
from customers.models import Customer
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    PointsReward,
    Promotion,
    Purchase,
)
from loyalty.outputs import purchase as of_purchase
from loyalty.outputs import told
from loyalty.outputs import transaction as of_line
from loyalty.outputs.told import LineTold
from loyalty.services import cards, enrollment, friends, points, purchases, returns, stamps, voids
from notifications.models import AddressProblem
from tenancy import former, scope
from tenancy.models import FormerRow, Merchant, Store, User
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.webhooks.conftest import deliver, listen, said
from tests.webhooks.receiver import Receiver
from wallet.models import PassState, Platform, WalletPass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
MANAGER, OWNER = factories.actor("manager"), factories.actor("owner")

KEPT_WITH_THE_LINE = "a line of the ledger is never changed"
KEPT_WITH_THE_PURCHASE = "a purchase keeps what was bought"
FOR_EVER = "it is what it is, for ever"
NOBODY_ASKS = "always false here: nobody is asking"
STAYS = {
    "card.id": FOR_EVER,
    "card.created_at": FOR_EVER,
    "card.customer.id": FOR_EVER,
    "card.rewards[].id": FOR_EVER,
    "transaction.card_id": FOR_EVER,
    "transaction.promotions[].id": FOR_EVER,
    "purchase.id": FOR_EVER,
    "purchase.card_id": FOR_EVER,
    "purchase.can_return": NOBODY_ASKS,
    "transaction.can_void": NOBODY_ASKS,
    **{
        f"transaction.{name}": KEPT_WITH_THE_LINE
        for name in (
            *("id", "transaction_type", "stamps_delta", "stamps_balance_after", "stamps_owed_after"),
            *("points_delta", "points_balance_after", "points_owed_after", "points_fraction_after"),
            *("purchase_id", "purchase_amount_cents", "order_reference", "reward_name"),
            *("promotions[].points", "promotions[].points_fraction", "promotions[].stamps"),
            *("reward.id", "reward.name", "reward.points_cost"),
            *("voids", "notes", "recorded_offline", "transaction_at", "created_at"),
        )
    },
    **{
        f"purchase.{name}": KEPT_WITH_THE_PURCHASE
        for name in (
            *("order_reference", "purchase_amount_cents", "recorded_offline", "purchased_at"),
            *("items[].sku", "items[].category", "items[].quantity", "items[].amount_cents"),
        )
    },
}


def paths_of(hint: Any, path: str) -> Iterator[str]:
    """Every field of a shape that holds a value: `card.customer.name`, `card.rewards[].id`."""
    if get_origin(hint) in (Annotated, NotRequired, Required):
        yield from paths_of(get_args(hint)[0], path)
    elif get_origin(hint) in (Union, types.UnionType):
        for each in get_args(hint):
            if each is not type(None):
                yield from paths_of(each, path)
    elif get_origin(hint) is list:
        yield from paths_of(get_args(hint)[0], f"{path}[]")
    elif is_typeddict(hint):
        for name, inner in get_type_hints(hint).items():
            yield from paths_of(inner, f"{path}.{name}" if path else name)
    else:
        yield path.removesuffix("[]")


def values_of(shown: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in each field."""
    if isinstance(shown, Mapping):
        for name, inner in shown.items():
            yield from values_of(inner, f"{path}.{name}" if path else name)
    elif isinstance(shown, list) and shown and isinstance(shown[0], Mapping):
        for inner in shown:
            yield from values_of(inner, f"{path}[]")
    else:
        yield path, json.dumps(shown, default=str)


def fields(shown: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path, value in values_of(shown):
        found[path].append(value)
    return found


@pytest.fixture
def shop(db: None) -> Shop:
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
    clock.shift(timedelta(minutes=5))
    person = Customer.objects.get(pk=card.customer_id)
    person.tags, person.preferred_language = ["vip"], "fr"
    person.save()
    AddressProblem.objects.create(
        merchant=shop.merchant, customer=card.customer, address=card.customer.email, broken_since=NOON
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
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    program.loyalty_type, program.stamps_target, program.max_daily_stamps = "points", 9, 2
    program.stamps_reward_description_fr = "Un café"
    program.save()
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


def test_every_field_of_an_event_is_as_it_was_though_all_is_changed_afterwards(
    shop: Shop, receiver: Receiver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        listen(shop, receiver.url)
        with scope.everything("a day at a shop"):
            day, card = a_day(shop, clock)
            everything_changes(shop, card, clock)
            differs, seen = set(), set()
            for line_id, then in day.at_once.items():
                before, after = fields(then), fields(as_things_are(card, line_id))
                seen |= before.keys()
                differs |= {path for path in before if before[path] != after.get(path)}
            told_late = day.told_now()
        caller = Caller(key=factories.api_key(factories.fresh(shop.store), ["manage"]))
        events = caller.get("events/?limit=500").json()["events"]
        deliver()
    every = set(paths_of(LineTold, ""))
    assert every - seen == set(), "no moment of the day tells of it"
    assert every - differs == set(STAYS), "it was not changed afterwards, and nobody says why it stays"
    assert told_late == day.at_once
    by_line: dict[int, dict[str, Any]] = {}
    for event in events:
        if (about := event["data"].get("transaction")) is not None:
            by_line.setdefault(about["id"], event["data"])
    for line_id, then in day.at_once.items():
        for name, value in then.items():
            assert by_line[line_id][name] == value, (line_id, name)
    in_feed = [{name: each[name] for name in ("type", "timestamp", "data")} for each in events]
    assert [body for body in said(receiver) if "transaction" in body["data"]] == [
        body for body in in_feed if "transaction" in body["data"]
    ]


def test_friends_budgets_and_closed_purchases_are_told_as_they_were(shop: Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock, scope.everything("a day at a shop"):
        host, day = factories.card(shop.store), Day(shop)
        given = {"effect": "points", "amount": 50, "friend_amount": 30}
        factories.promotion(shop.program, "Bring a friend", audience="brought_by_friend", **given)
        factories.promotion(shop.program, effect="points", amount=5, budget=10, card_day_limit=5)
        factories.promotion(shop.program, effect="stamps", amount=1, audience="every_nth_visit", every=2)

        def later() -> None:
            day.tell()
            clock.shift(timedelta(minutes=20))

        def buys(card: LoyaltyCard, cents: int = 2000) -> Purchase:
            done = purchases.record(
                store=shop.store, card_id=card.pk, actor=MANAGER, purchase_amount_cents=cents
            )
            later()
            assert done.purchase
            return done.purchase

        clock.shift(timedelta(minutes=20))
        friend = enrollment.enroll(
            store=shop.store,
            actor=factories.actor(""),
            email="friend@example.com",
            self_service=True,
            brought_by=friends.code_of(host),
        ).card
        later()
        first = buys(friend)
        line = LoyaltyTransaction.objects.filter(purchase=first, transaction_type="points_earned").get()
        voids.void(store=shop.store, transaction_id=line.pk, actor=MANAGER, reason="a mistake")
        later()
        second = buys(friend)
        clock.shift(timedelta(days=1))
        buys(friend, 100)
        returns.give_back(store=shop.store, purchase_id=second.pk, actor=MANAGER, reason="cold")
        later()
        back = LoyaltyTransaction.objects.filter(purchase_return__isnull=False).earliest("pk")
        voids.void(store=shop.store, transaction_id=back.pk, actor=MANAGER, reason="a mistake")
        later()
        buys(host)
        clock.shift(timedelta(days=1))
        cards.merge(
            store=shop.store, card_id=friend.pk, into_card_id=host.pk, actor=MANAGER, reason="one person"
        )
        later()

        told_late = day.told_now()
        said_of = [len(each["card"]["promotions"]) for each in day.at_once.values()]
    assert {0, 1, 2} <= set(said_of), "the sentences come and go"
    for line_id, then in day.at_once.items():
        assert told_late[line_id] == then, then["transaction"]["transaction_type"]


def test_nothing_is_kept_of_who_was_erased(shop: Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock, scope.everything("a day at a shop"):
        card = factories.card(shop.store, name="Anna Weber")
        other = factories.card(shop.store, name="Ben Wolff")
        for row in (card, other):
            clock.shift(timedelta(minutes=5))
            row.customer.first_name = "Annette"
            row.customer.save()
        assert "Anna" in json.dumps(former.of_person(card.customer_id), default=str)
        clock.shift(timedelta(minutes=5))

        customers.erase_person(customer=card.customer)

        assert former.of_person(card.customer_id) == []
        assert len(former.of_person(other.customer_id)) == 1
        line = told.to_tell(LoyaltyTransaction.objects.filter(card=card))[0]
        (late,) = told.lines_told([line])
    assert (late["transaction"]["customer_name"], late["card"]["customer"]["name"]) == ("", "")


def test_what_rows_said_is_kept_for_thirty_days(shop: Shop) -> None:
    with scope.everything("a test looks"):
        row = shop.store
        for days in (0, 1):
            with time_machine.travel(NOON + timedelta(days=days), tick=False):
                row.name = f"Gare {days}"
                row.save()
        assert FormerRow.objects.filter(row_id=row.pk, of_table="tenancy_store").count() == 2
        former.clean(now=NOON + timedelta(days=30, hours=12))
        assert FormerRow.objects.filter(row_id=row.pk, of_table="tenancy_store").count() == 1
