"""Programs, people, friends and budgets are told as they were; and what of it is forgotten."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from customers import services as customers
from groundwork.messaging import outbox
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    PointsReward,
    Purchase,
)
from loyalty.models.terms import PROMISED
from loyalty.outputs import customer as of_customer
from loyalty.outputs import program as of_program
from loyalty.outputs import told
from loyalty.outputs.customer import CustomerFacts
from loyalty.outputs.program import Program
from loyalty.services import cards, enrollment, friends, programs, purchases, returns, voids
from tenancy import former, scope
from tenancy.models import FormerRow, Merchant
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.webhooks.days import MANAGER, NOON, OWNER, Day, forty_days_old
from tests.webhooks.shapes import fields, paths_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]


# What somebody says of a program and a person afterwards.
PROGRAM_SINCE = {
    "loyalty_type": "points",
    "is_active": False,
    "activated_at": NOON - timedelta(days=2),
    "card_name_en": "Another name",
    "card_color": "#000000",
    "card_secondary_color": "#111111",
    "stamps_target": 9,
    "stamps_reward_description_en": "A tea",
    "stamps_reward_value_cents": 77,
    "points_per_euro": Decimal("3.5"),
    "minimum_purchase_cents": 77,
    "maximum_purchase_cents": 7700,
    "minimum_redemption_points": 77,
    "welcome_bonus_points": 77,
    "points_expiration_days": 77,
    "expiry_requires_warning": True,
    "point_value_cents": Decimal("0.77"),
    "carry_remainders": False,
    "cooldown_minutes": 77,
    "max_daily_stamps": 7,
    "require_staff_pin": True,
    "terms_text_en": "Other terms",
    "privacy_url": "https://example.com/another",
}


PERSON_SINCE = {
    "first_name": "Else",
    "email": "else@example.com",
    "phone": "+352621000000",
    "birth_date": date(1980, 1, 1),
    "preferred_language": "lb",
    "tags": ["other"],
}


SETTINGS_SINCE = {
    "allow_void_transactions": False,
    "require_order_reference": True,
    "allow_cross_location_redemption": False,
}


REWARD_SINCE = {
    "name_en": "Tea",
    "description_en": "With milk",
    "points_cost": 77_000,
    "value_cents": 77,
    "is_active": False,
}


@pytest.fixture
def shop(db: None) -> Shop:
    return forty_days_old()


def test_a_program_and_a_person_are_told_as_they_were_when_they_were_changed(shop: Shop) -> None:
    """Their events are made by the relay, however late it comes."""
    with time_machine.travel(NOON, tick=False) as clock:
        with scope.everything("a day at a shop"):
            person = factories.customer(shop.store, "anna@example.com", first_name="Anna", tags=["vip"])
            settings, _made = MerchantLoyaltySettings.objects.get_or_create(merchant=shop.merchant)
            clock.shift(timedelta(minutes=5))
            row = programs.change(program_id=shop.program.pk, actor=OWNER, card_name_en="The first name")
            customers.save_edited(customer=person, changed=["tags"])
            row = LoyaltyProgram.objects.select_related(*told.OF_PROGRAM).get(pk=row.pk)
            then = {"program": of_program.program(row), "customer": of_customer.customer(person)}
            clock.shift(timedelta(minutes=5))
            promised = {name: PROGRAM_SINCE[name] for name in PROMISED}
            programs.change(program_id=row.pk, actor=OWNER, confirm=True, **promised)
            row.refresh_from_db()
            for each, said_since in (
                (row, PROGRAM_SINCE),
                (person, PERSON_SINCE),
                (settings, SETTINGS_SINCE),
                *((reward, REWARD_SINCE) for reward in PointsReward.objects.all()),
            ):
                for name, value in said_since.items():
                    setattr(each, name, value)
                each.save()
            house = Merchant.objects.get(pk=shop.merchant.pk)
            house.slug, house.default_language = "another-slug", "fr"
            house.save()
            factories.promotion(shop.program, "Double day")
            row = LoyaltyProgram.objects.select_related(*told.OF_PROGRAM).get(pk=row.pk)
            now = {"program": of_program.program(row), "customer": of_customer.customer(person)}
            clock.shift(timedelta(minutes=5))
            outbox.relay()
        caller = Caller(key=factories.api_key(factories.fresh(shop.store), ["manage"]))
        events = caller.get("events/?types=program.updated,customer.updated").json()["events"]
    for name, shape in (("program", Program), ("customer", CustomerFacts)):
        (told_of,) = [event["data"] for event in events if event["type"] == f"{name}.updated"][:1]
        assert told_of[name] == json.loads(json.dumps(then[name])), name
        before, after = fields(then[name]), fields(now[name])
        same = {path for path in set(paths_of(shape, "")) if before[path] == after[path]}
        assert same == {"id", *(["rewards[].id"] if name == "program" else [])}


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
