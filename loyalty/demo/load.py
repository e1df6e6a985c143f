"""Loading the demo into an empty or half-filled database; a merchant that is there already is left alone."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from groundwork import clock
from loyalty.demo import history, people
from loyalty.demo.shops import OPERATOR, SHOPS, Shop
from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from loyalty.reporting import visits
from loyalty.services import pins, programs, promotions
from tenancy import invitations, tills
from tenancy.actor import Actor
from tenancy.models import Merchant, OutboxMessage, Role, Store, StoreUser, User
from tenancy.services import find_user

OPERATOR_ACTOR = Actor(role="operator")
HISTORY = timedelta(days=550)
NEWS = timedelta(days=1)


def load(*, now: datetime, progress: Callable[[str], Any] = str) -> bool:
    """Load what is missing, in one transaction; returns whether anything was. Open a scope around it."""
    missing = [shop for shop in SHOPS if not Merchant.objects.filter(slug=shop.slug).exists()]
    with transaction.atomic():
        operator = _sign_in(*OPERATOR, is_superuser=True)
        for shop in missing:
            progress(shop.name)
            merchant = _load_shop(shop, now)
            _invite(merchant, shop, operator)
        # History is no news: nobody gets eighteen months of e-mails.
        OutboxMessage.objects.filter(created_at__lt=now - NEWS).delete()
        history.forget_tokens()
    return bool(missing)


def _sign_in(email: str, password: str, **fields: Any) -> User:
    found = find_user(email)
    return found or User.objects.create_user(email, password, **fields)


def _invite(merchant: Merchant, shop: Shop, operator: User) -> None:
    """Somebody who has not answered yet."""
    invitations.invite(
        merchant=merchant,
        stores=Store.objects.filter(merchant=merchant).order_by("pk")[:1],
        actor=Actor(user=operator, role="operator"),
        email=f"new-colleague@{shop.slug}.example",
        role=Role.STAFF,
    )


def _load_shop(shop: Shop, now: datetime) -> Merchant:
    dice = random.Random(shop.slug)  # the same demo everywhere
    with clock.at(now - HISTORY):
        merchant = Merchant.objects.create(
            slug=shop.slug, name=shop.name, contact_email=f"hello@{shop.slug}.example", default_language="lb"
        )
        MerchantLoyaltySettings.objects.create(merchant=merchant, **shop.settings)
        stores = [
            Store.objects.create(merchant=merchant, default_language="lb", **store) for store in shop.stores
        ]
        clerk = _people(shop, stores)
        program = programs.create(
            merchant=merchant,
            actor=OPERATOR_ACTOR,
            rewards=[dict(reward) for reward in shop.rewards],
            **shop.program,
        )
    _promote(shop, program, now)
    customers = [people.make(dice, index, shop.slug) for index in range(shop.customers)]
    history.Visits(program, stores, clerk, dice).run(customers, now)
    visits.count(merchant, now=now)  # else the overview lacks them until the clock strikes
    return merchant


def _promote(shop: Shop, program: LoyaltyProgram, now: datetime) -> None:
    """The shop's promotions: switched on in the past, before the purchases that they count for, or drafts."""
    for days_ago, fields in shop.promotions:
        with clock.at(now - timedelta(days=days_ago or 0)):
            made = promotions.create(program_id=program.pk, actor=OPERATOR_ACTOR, **fields)
            if days_ago is not None:
                promotions.plan(promotion_id=made.pk, actor=OPERATOR_ACTOR)


def _people(shop: Shop, stores: list[Store]) -> User:
    for store in stores:
        tills.make(store=store, name="Counter 1", by=None)
        for name, pin in shop.pins:
            pins.create(store=store, actor=OPERATOR_ACTOR, name=name, pin=pin)
    for email, password, role in shop.sign_ins:
        user = _sign_in(email, password)
        for store in stores:
            StoreUser.objects.create(merchant_id=store.merchant_id, user=user, store=store, role=role)
    return user
