"""Rehearsals in the console: asked for from the program or from its unsaved form, played in the background, told."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from groundwork.errors import NoLongerAllowed
from groundwork.jobs import service as jobs
from loyalty.console.rehearsal import NOTHING, SALT
from loyalty.models import LoyaltyTransaction, Promotion
from tenancy.models import BackgroundJob, StoreUser
from tests import factories
from tests.buying import buy
from tests.console.world import World, address, filled
from tests.loyalty.books import LINES, past_all_guards


@pytest.fixture
def sold(world: World) -> World:
    """Three days ago somebody bought for 20.00, and had a coffee's stamp with it."""
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        buy(factories.card(world.shop.store), world.shop, cents=2000)
    return world


def question(world: World, client: Client, **changes: object) -> dict:
    """The question that the unsaved form of the program leads to."""
    form = filled(client.get(address(world.shop.program)))
    return client.post(address(world.shop.program, "rehearse"), form | changes).context


def asked_for(client: Client, world: World, **data: object) -> BackgroundJob:
    """The job whose page the button leads to."""
    response = client.post(address(world.shop.program, "rehearse"), {"days": "30"} | data)
    job = BackgroundJob.objects.filter(kind="rehearse").order_by("-id")[0]
    assert response["Location"] == address(job)
    return job


def told(client: Client, job: BackgroundJob) -> str:
    """The page of what was found, to which the job leads once it is done."""
    jobs.run_due()
    return client.get(client.get(address(job))["Location"]).content.decode()


def test_an_owner_rehearses_a_rate_before_saving_it_and_is_told_the_check_first(sold: World) -> None:
    owner = sold.client("owner")
    asked = question(sold, owner, points_per_euro="20")
    assert asked["changes"] == ["Points per unit of currency: 20 instead of 10"]
    text = told(owner, asked_for(owner, sold, draft=asked["form"]["draft"].value()))
    assert factories.fresh(sold.shop.program).points_per_euro == Decimal(10)
    # Of 25.00 in all: the other card bought for 5.00 today.
    parts = [
        "Difference 0: the rules as they were give every one of 2 cards what the ledger says",
        "Points per unit of currency: 20 instead of 10",
        "<strong>€2.50</strong> <span>more in the last 30 days, with the same purchases</span>",
        "That is €2.53 a month. Of all that was sold then, €25.00, it is 10.0%.",
        "Customers’ behaviour is taken as it was",
        "+250",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_draft_promotion_is_ticked_and_played(sold: World) -> None:
    shop, owner = sold.shop, sold.client("owner")
    with factories.inside(shop):
        fields = {"merchant": shop.merchant, "program": shop.program, "effect": "points", "amount": 40}
        asked = Promotion.objects.create(name="Forty more", **fields)
        Promotion.objects.create(name="Running", planned_at=timezone.now(), **fields)
    text = told(owner, asked_for(owner, sold, **{f"promotion_{asked.pk}": "on"}))
    assert "“Forty more”: There are 40 points on top" in text
    assert "<strong>€0.80</strong> <span>more in the last 30 days, with the same purchases</span>" in text
    given = "“Forty more” would have been given with 2 purchases (cards: 2): 80 points, worth €0.80."
    assert f"{given} €25.00 was sold with them." in text
    # What is left of a price at 20, 40 and 60 percent has to make good 80 cents.
    for amount, share in (("€4.00", "16.0%"), ("€2.00", "8.0%"), ("€1.33", "5.3%")):
        assert re.search(rf">{amount}</td>\s*<td[^>]*>\+{share}</td>", text)
    assert re.search(
        rf'href="{reverse("admin:loyalty_promotion_change", args=[asked.pk])}"[^>]*>\s*To “Forty more”', text
    )
    assert f"{address(shop.program, 'rehearse')}?promotion={asked.pk}" in text
    page = owner.get(address(shop.program, "rehearse")).content.decode()
    assert "With “Forty more”" in page
    assert "With “Running”" not in page


def test_of_friends_it_is_said_what_each_costs_and_that_nobody_knows_how_many_would_come(sold: World) -> None:
    shop, owner = sold.shop, sold.client("owner")
    with factories.inside(shop):
        row = Promotion.objects.create(
            name="Bring a friend",
            merchant=shop.merchant,
            program=shop.program,
            effect="points",
            audience="brought_by_friend",
            amount=50,
            friend_amount=30,
            budget=800,
        )
    text = html.unescape(told(owner, asked_for(owner, sold, **{f"promotion_{row.pk}": "on"})))
    assert "<strong>€0.80</strong> <span>for each friend who comes and buys</span>" in text
    assert (
        "“Bring a friend” cannot be played over days that were: who would have brought friends, nobody knows. "
        "Each friend who comes and buys costs €0.80, for both together." in text
    )
    assert "would have been given" not in text
    assert "would have lasted" not in text
    draft = question(sold, owner, points_per_euro="20")["form"]["draft"].value()
    both = told(owner, asked_for(owner, sold, draft=draft, **{f"promotion_{row.pk}": "on"}))
    assert "<strong>€2.50</strong> <span>more in the last 30 days, with the same purchases</span>" in both
    assert "“Bring a friend” cannot be played" in both


def test_a_draft_is_rehearsed_from_its_own_page(sold: World) -> None:
    owner, draft = sold.client("owner"), sold.mine["loyalty_promotion"]
    question = owner.get(address(draft, "rehearse_this"), follow=True)
    field = f"promotion_{draft.pk}"
    assert question.context["form"].fields[field].initial is True
    assert question.context["form"].fields[field].help_text == "Points count double"
    plain = owner.get(address(sold.shop.program, "rehearse"))
    assert plain.context["form"].fields[field].initial is False


def test_what_is_assumed_of_dates_and_budgets_is_said(sold: World) -> None:
    shop, owner = sold.shop, sold.client("owner")
    ahead = timezone.localdate() + timedelta(days=3)
    with factories.inside(shop):
        fields = {"merchant": shop.merchant, "program": shop.program, "effect": "points", "amount": 40}
        short = Promotion.objects.create(
            name="A week", first_day=ahead, last_day=ahead + timedelta(days=6), **fields
        )
        small = Promotion.objects.create(name="Small", budget=50, **fields)
        large = Promotion.objects.create(name="Large", budget=5000, **fields)
    ticked = {f"promotion_{row.pk}": "on" for row in (short, small, large)}
    text = html.unescape(told(owner, asked_for(owner, sold, **ticked)))
    first, last = (date_format(ahead + timedelta(days=days)) for days in (-14, -8))
    assert f"“A week” lies ahead: it is played for as many days, from {first} to {last}" in text
    assert "The budget of “Small” would have been used up on" in text
    assert "The budget of “Large” would have lasted." in text


def test_a_ledger_that_is_not_as_the_rules_say_is_told_before_all_the_rest(sold: World) -> None:
    with factories.inside(sold.shop):
        line = LoyaltyTransaction.objects.filter(transaction_type="points_earned").earliest("id")
    past_all_guards(f"UPDATE {LINES} SET points_delta = points_delta + 7 WHERE id = {line.pk}")
    owner = sold.client("owner")
    text = told(owner, asked_for(owner, sold))
    assert "The rules as they were give 1 card something else than the ledger says" in text
    assert f"line {line.pk} of card {line.card_id}" in text
    assert "Difference 0" not in text


def test_what_is_wrong_in_the_form_is_said_and_played_as_it_is_saved(sold: World) -> None:
    asked = question(sold, sold.client("owner"), points_per_euro="-1", stamps_target="8")
    assert asked["changes"] == ["Stamps for a reward: 8 instead of 10"]
    (fault,) = asked["faults"]
    assert fault.startswith("Points per unit of currency: ")


def test_a_draft_that_is_not_ours_begins_nothing(sold: World) -> None:
    owner = sold.client("owner")
    forged = signing.dumps({**NOTHING, "changes": {"stamps_target": 1}}, salt="another form")
    page = owner.post(address(sold.shop.program, "rehearse"), {"days": "30", "draft": forged})
    assert "This draft is not one of ours." in page.content.decode()
    page = owner.post(address(sold.shop.program, "rehearse"), {"days": "31"})
    assert page.context["form"].errors.keys() == {"days"}
    assert not BackgroundJob.objects.filter(kind="rehearse").exists()
    assert signing.loads(signing.dumps(NOTHING, salt=SALT), salt=SALT) == NOTHING


def test_whoever_may_no_longer_change_the_program_is_told_nothing(sold: World) -> None:
    owner = sold.client("owner")
    waiting, done = asked_for(owner, sold), asked_for(owner, sold)
    jobs.run(done)
    found = owner.get(address(done))["Location"]
    assert owner.get(found).status_code == 200
    with factories.inside(sold.shop):
        StoreUser.objects.filter(user=sold.shop.owner).update(role="manager")
    assert sold.client("owner").get(found).status_code in (403, 404)
    jobs.run_due()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("failed", str(NoLongerAllowed.message))
