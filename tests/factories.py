"""A shop for a test, made through the services: merchants, stores, people, a program, cards.

    shop = factories.shop()                     # a merchant with two stores, a hybrid program and its people
    card = factories.card(shop.store)           # somebody is enrolled
    card = factories.card(shop.store, stamps=9) # and has been here nine times

Everything has a default; whatever a test is about, it says. A test that looks at tenant data itself opens a scope:
`with factories.inside(shop): ...`.
"""

import itertools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from customers.models import Customer
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    MerchantLoyaltySettings,
    PointsReward,
    Promotion,
    StaffPin,
)
from loyalty.services import enrollment, pins, points, programs, promotions, stamps
from tenancy import api_keys, invitations, scope, tills
from tenancy.actor import Actor
from tenancy.models import Invitation, Merchant, Role, Store, StoreUser, Till, User

PASSWORD = "correct-horse-battery"
PIN = "4711"
_numbers = itertools.count(1)
Row = TypeVar("Row", bound=models.Model)


def number() -> int:
    """A number that no other call gets, for names that must differ."""
    return next(_numbers)


def inside(where: "Shop | Merchant | Store") -> AbstractContextManager[None]:
    """Open the tenant scope of a shop, a merchant or a store."""
    return scope.merchant(where.pk if isinstance(where, Merchant) else where.merchant.pk)


def fresh(row: Row) -> Row:
    """The row as the database has it now, deleted or not."""
    return models.QuerySet(type(row)).get(pk=row.pk)


# --- Merchants and people ---------------------------------------------------------------------------------


def merchant(*, settings: dict[str, Any] | None = None, **fields: Any) -> Merchant:
    """A merchant with its loyalty settings."""
    given = {"name": f"Café {number()}", "slug": f"cafe-{number()}"} | fields
    made = Merchant.objects.create(**given)
    with scope.merchant(made):
        MerchantLoyaltySettings.objects.create(merchant=made, **(settings or {}))
    return made


def store(of: Merchant | None = None, **fields: Any) -> Store:
    """A store, of a merchant of its own if none is given."""
    owner = of or merchant()
    given = {"name": f"Store {number()}", "store_code": f"store-{number()}", "city": "Luxembourg"} | fields
    with scope.merchant(owner):
        return Store.objects.create(merchant=owner, **given)


def user(email: str = "", **fields: Any) -> User:
    """Somebody who signs in with PASSWORD."""
    return User.objects.create_user(email or f"user{number()}@example.com", PASSWORD, **fields)


def operator() -> User:
    """Somebody who runs the platform."""
    return User.objects.create_superuser(f"operator{number()}@example.com", PASSWORD)


def member(*stores: Store, role: str = Role.STAFF, email: str = "") -> User:
    """Somebody who works at stores, in the same role at each."""
    person = user(email or f"{role}{number()}@example.com")
    for place in stores:
        with inside(place):
            StoreUser.objects.create(merchant=place.merchant, store=place, user=person, role=role)
    return person


def invitation(at: Store, by: User, email: str = "", *, role: str = Role.STAFF) -> Invitation:
    """An invitation of an address to a store, by somebody who owns the merchant."""
    with inside(at):
        return invitations.invite(
            merchant=at.merchant,
            stores=[at],
            actor=actor("owner", by),
            email=email or f"invited{number()}@example.com",
            role=role,
        )


def actor(role: str = "manager", person: User | None = None, **fields: Any) -> Actor:
    """Whoever acts when a service is called directly."""
    return Actor(user=person, role=role, **fields)


def api_key(of: Store, scopes: Sequence[str] | None = None) -> str:
    """A key for a till's own system, as it is shown once; for what staff do, or for some scopes."""
    with inside(of):
        return api_keys.make(store=of, name="Till", by=None, scopes=scopes)[1]


def till(of: Store, name: str = "") -> tuple[Till, str]:
    """A device on the counter, and what it carries."""
    with inside(of):
        _made, code = tills.make(store=of, name=name or f"Counter {number()}", by=None)
    return tills.pair(code=code)


# --- Programs ---------------------------------------------------------------------------------------------


def program(of: Merchant, **fields: Any) -> LoyaltyProgram:
    """A hybrid program without cooldown or PIN: ten stamps for a coffee, ten points per euro."""
    given: dict[str, Any] = {
        "loyalty_type": "hybrid",
        "stamps_reward_description": "a coffee",
        "points_per_euro": 10,
        "cooldown_minutes": 0,
        "max_daily_stamps": 50,
        "require_staff_pin": False,
        "card_name": "Friends of the house",
    }
    with scope.merchant(of):
        return programs.create(merchant=of, actor=actor("operator"), **given | fields)


def reward(
    of: LoyaltyProgram, name: str = "Croissant", points_cost: int = 500, **fields: Any
) -> PointsReward:
    """Something to be had for points."""
    with scope.merchant(of.merchant_id):
        return PointsReward.objects.create(
            merchant_id=of.merchant_id, program=of, name=name, points_cost=points_cost, **fields
        )


def promotion(
    of: LoyaltyProgram, name: str = "Happy hour", *, is_planned: bool = True, **fields: Any
) -> Promotion:
    """A promotion that runs, or waits for its first day: points count double, unless it says what it gives."""
    given = {"factor": Decimal(2)} if "effect" not in fields else {}
    with scope.merchant(of.merchant_id):
        made = promotions.create(program_id=of.pk, actor=actor("owner"), **{"name": name} | given | fields)
        return promotions.plan(promotion_id=made.pk, actor=actor("owner")) if is_planned else made


# --- Customers and cards ----------------------------------------------------------------------------------


def customer(at: Store, email: str = "", **fields: Any) -> Customer:
    """A person known to the merchant of a store, without a card."""
    given = {"first_name": "Anna", "last_name": "Weber", "email": email or f"anna{number()}@example.com"}
    with inside(at):
        return Customer.objects.create(merchant=at.merchant, store=at, **given | fields)


def card(
    at: Store, email: str = "", name: str = "Anna Weber", stamps: int = 0, cents: int = 0, **person: Any
) -> LoyaltyCard:
    """A card enrolled at a store, with stamps of earlier days and the points of a purchase."""
    with inside(at):
        made = enrollment.enroll(
            store=at,
            email=email or f"anna{number()}@example.com",
            name=name,
            create_if_missing=True,
            actor=actor(),
            **person,
        ).card
        give_stamps(made, at, stamps)
        if cents:
            points.earn(store=at, card_id=made.pk, actor=actor(), purchase_amount_cents=cents)
        return LoyaltyCard.objects.get(pk=made.pk)


def two_cards(of: "Shop") -> list[LoyaltyCard]:
    """Somebody who has a card of this store, and later got one for all of them."""
    made = []
    for place, everywhere in ((of.store, False), (of.other_store, False), (store(of.merchant), True)):
        with inside(of):
            MerchantLoyaltySettings.objects.update(allow_cross_location_redemption=everywhere)
        made.append(card(fresh(place), "anna@example.com", phone="621123456"))
    return [made[0], made[2]]


def give_stamps(to: LoyaltyCard, at: Store, count: int) -> None:
    """Stamp a card, in as few group orders as it takes; needs a program without cooldown and a wide limit."""
    with inside(at):
        while count > 0:
            at_once = min(count, 10)
            stamps.give(store=at, card_id=to.pk, actor=actor(), count=at_once)
            count -= at_once


# --- Staff at the terminal --------------------------------------------------------------------------------


def staff_pin(at: Store, name: str = "Léa", pin: str = PIN) -> StaffPin:
    """A person on the terminal's chooser."""
    with inside(at):
        return pins.create(store=at, actor=actor(), name=name, pin=pin)


def staff_token(at: Store, of: StaffPin | None = None, pin: str = PIN, device: str = "") -> str:
    """What a device holds after somebody typed their PIN on it; without a device, for a service called directly."""
    person = of or staff_pin(at, name=f"Marc {number()}", pin=pin)
    with inside(at):
        return pins.unlock_terminal(store=at, pin_id=person.pk, pin=pin, device=device).token


# --- All of it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shop:
    """A merchant with two stores, its people, and its program."""

    merchant: Merchant
    store: Store
    other_store: Store
    program: LoyaltyProgram
    owner: User
    manager: User
    staff: User


def shop(
    *,
    settings: dict[str, Any] | None = None,
    currency: str = "EUR",
    rewards: Sequence[tuple[str, int]] = (("Croissant", 500), ("Breakfast", 1500)),
    **program_fields: Any,
) -> Shop:
    """A café with two stores; owner, manager and staff work at the first one, the owner owns both."""
    house = merchant(settings=settings, currency=currency)
    first, second = store(house), store(house)
    offered = [{"name": name, "points_cost": cost} for name, cost in rewards]
    return Shop(
        merchant=house,
        store=first,
        other_store=second,
        program=program(house, rewards=offered, **program_fields),
        owner=member(first, role=Role.OWNER),
        manager=member(first, role=Role.MANAGER),
        staff=member(first, role=Role.STAFF),
    )
