"""An import is taken back within thirty days: exactly what it made and moved, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from groundwork import deletion
from groundwork.jobs import progress
from groundwork.jobs import service as jobs
from loyalty import ledger
from loyalty.console.card_actions import owed_on
from loyalty.imports import reverting
from loyalty.models import CardCode, ImportBatch, LoyaltyCard
from loyalty.reporting import verification
from loyalty.services import stamps
from tenancy.models import BackgroundJob, OutboxMessage
from tests import factories
from tests.console.asking import ask
from tests.console.bringing import bring, card_of, check, people
from tests.console.world import World, address

FILE = "email,name,phone,code,stamps,points\nnew@example.com,Nora,,OLD1,4,20\nknown@example.com,X,621123456,OLD2,3,0\n"


@pytest.fixture
def known(world: World) -> LoyaltyCard:
    with factories.inside(world.shop):
        return factories.card(world.shop.store, email="known@example.com", stamps=2)


def newest() -> ImportBatch:
    return ImportBatch._base_manager.latest("pk")


def take_back(world: World, who: str = "owner") -> HttpResponse:
    page = reverse("admin:loyalty_importbatch_take_back", args=[newest().pk])
    return world.client(who).post(page, follow=True)


def test_what_nobody_has_used_is_gone_and_what_was_known_is_as_before(
    world: World, known: LoyaltyCard
) -> None:
    before = people(world)
    bring(world, FILE)
    page = take_back(world)
    assert "1 person was removed, 1 balance was undone." in page.content.decode()
    assert people(world) == before
    after = factories.fresh(known)
    assert (after.stamp_count, after.stamps_owed) == (2, 0)
    with factories.inside(world.shop):
        assert Customer.objects.get(pk=known.customer_id).phone == ""
        assert not CardCode.objects.filter(code__startswith="OLD").exists()
        assert not list(verification.differences())
    figures = check(world, FILE).context["figures"]
    assert (figures["new_customers"], figures["changed"], figures["balances"]) == (1, 1, 2)
    bring(world, FILE)
    assert (card_of(world, "new@example.com").stamp_count, factories.fresh(known).stamp_count) == (4, 5)


def test_who_has_been_to_the_shop_since_stays_and_owes_what_is_spent(
    world: World, known: LoyaltyCard
) -> None:
    bring(world, FILE)
    card = card_of(world, "new@example.com")
    with factories.inside(world.shop):
        stamps.give(store=world.shop.store, card_id=card.pk, actor=factories.actor("owner"))
        Customer.objects.filter(pk=known.customer_id).update(phone="+352691000000")
    take_back(world)
    after = card_of(world, "new@example.com")
    assert (after.stamp_count, after.points_balance, after.customer.first_name) == (1, 0, "Nora")
    with factories.inside(world.shop):
        assert Customer.objects.get(pk=known.customer_id).phone == "+352691000000"  # somebody's own, since
        assert not CardCode.objects.filter(card=card).exists()
        assert not list(verification.differences())


OWING = (
    "email,stamps,stamps owed,points,points owed\nnew@example.com,0,3,0.5,200\nknown@example.com,0,1,0,0\n"
)


def test_what_was_owed_elsewhere_is_owed_here_and_goes_with_the_import(
    world: World, known: LoyaltyCard
) -> None:
    page = bring(world, OWING).content.decode()
    assert "2 balances (0 stamps, 0 points), 4 stamps are owed, 200 points are owed" in page
    with factories.inside(world.shop):
        new = LoyaltyCard.objects.get(customer__email="new@example.com")
        assert (new.stamp_count, new.stamps_owed) == (0, 3)
        assert (new.points_balance, new.points_owed, new.points_fraction) == (0, 200, 5000)
        assert factories.fresh(known).stamp_count == 1  # of the two that they had
        of_points, of_stamps = owed_on(new)
        since = "since the balance was brought over from another system on"
        assert of_stamps.startswith(f"3 stamps are owed {since} ")
        assert of_points.startswith(f"200 points are owed {since} ")
        stamps.give(store=world.shop.store, card_id=new.pk, actor=factories.actor("owner"), count=4)
        assert factories.fresh(new).stamp_count == 1
        assert not list(verification.differences())
    # They knew it there: no e-mail says it as news.
    assert not OutboxMessage.objects.filter(event="loyalty.owed_anew").exists()
    figures = check(world, OWING).context["figures"]
    assert (figures["balances"], figures["balances_there"]) == (0, 2)
    take_back(world)
    after = factories.fresh(new)
    assert (after.stamp_count, after.stamps_owed) == (4, 0)
    assert (after.points_balance, after.points_owed, after.points_fraction) == (0, 0, 0)
    assert (after.total_stamps_voided, after.total_points_voided) == (0, 0)
    assert factories.fresh(known).stamp_count == 2
    with factories.inside(world.shop):
        assert not list(verification.differences())


def test_what_is_owed_is_shown_before_anything_is_written(world: World) -> None:
    page = check(world, OWING).content.decode()
    assert "4 stamps are owed, 200 points are owed" in page
    with factories.inside(world.shop):
        assert not LoyaltyCard.objects.filter(customer__email="new@example.com").exists()


def test_it_is_taken_back_once_and_within_thirty_days(world: World, known: LoyaltyCard) -> None:
    bring(world, FILE)
    batch = newest()
    ImportBatch._base_manager.filter(pk=batch.pk).update(created_at=batch.created_at - timedelta(days=31))
    assert take_back(world).status_code == 403
    assert factories.fresh(known).stamp_count == 5
    ImportBatch._base_manager.filter(pk=batch.pk).update(created_at=batch.created_at - timedelta(days=29))
    take_back(world)
    assert take_back(world).status_code == 403
    assert factories.fresh(known).stamp_count == 2


def test_a_worker_that_was_lost_is_followed_by_one_that_goes_on(
    world: World, known: LoyaltyCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(world, FILE)
    batch = newest()
    with factories.inside(world.shop):
        reverting.begin(batch=batch)
        monkeypatch.setattr(reverting, "AT_ONCE", 1)
        assert reverting._revert_some(batch, factories.actor("owner")) == 1
        assert factories.fresh(known).stamp_count == 2
    page = take_back(world)
    assert "1 person was removed, 1 balance was undone." in page.content.decode()
    assert factories.fresh(known).stamp_count == 2


def test_a_long_import_is_taken_back_by_a_worker(world: World, known: LoyaltyCard, settings: object) -> None:
    bring(world, FILE)
    settings.BACKGROUND_ROWS = 1  # type: ignore[attr-defined]
    page = take_back(world)
    assert "in the background" in page.content.decode()
    assert page.request["PATH_INFO"] == address(BackgroundJob.objects.get(kind="revert"))
    assert factories.fresh(known).stamp_count == 5
    assert jobs.run_due() == 1
    assert factories.fresh(known).stamp_count == 2
    page = world.client("owner").get(address(newest())).content.decode()
    assert "1 person was removed, 1 balance was undone." in page


def test_each_who_was_removed_can_be_restored_alone(world: World) -> None:
    bring(world, "email,stamps\nanna@example.com,4\nben@example.com,7\n")
    before = people(world)
    take_back(world)
    assert people(world) == before - 2
    with factories.inside(world.shop):
        anna = Customer.all_objects.get(email="anna@example.com")
        assert deletion.restore(anna) == {"customers.Customer": 1, "loyalty.LoyaltyCard": 1}
        assert card_of(world, "anna@example.com").stamp_count == 4
        assert not Customer.objects.filter(email="ben@example.com").exists()


def test_what_has_expired_of_a_balance_since_is_not_owed_when_it_is_taken_back(
    world: World, known: LoyaltyCard
) -> None:
    bring(world, "email,points\nknown@example.com,100\n")
    with factories.inside(world.shop), transaction.atomic():
        card = ledger.lock(LoyaltyCard.objects.filter(pk=known.pk))[0]
        ledger.expire_points([card.pk], note="a year without a visit", now=timezone.now())
    assert "1 balance was undone." in take_back(world).content.decode()
    after = factories.fresh(known)
    assert (after.points_balance, after.points_owed, after.stamp_count) == (0, 0, 2)
    with factories.inside(world.shop):
        assert not list(verification.differences())


def statements(world: World, name: str, count: int) -> int:
    """Of taking back a file of so many new people, and as many who were known without a phone."""
    with factories.inside(world.shop):
        for number in range(count):
            factories.card(world.shop.store, email=f"{name}{number}@example.com")
    known = "".join(f"{name}{n}@example.com,62112{name}{n:02d},3,4\n" for n in range(count))
    new = "".join(f"new{name}{n}@example.com,,5,6\n" for n in range(count))
    bring(world, f"email,phone,stamps,points\n{known}{new}")
    with factories.inside(world.shop):
        batch = newest()
        reverting.begin(batch=batch)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert reverting._revert_some(batch, factories.actor("owner")) == 2 * count
        assert not LoyaltyCard.objects.filter(stamp_count__gt=2).exists()
    return len(asked)


def test_taking_back_ten_times_as_many_lines_asks_the_database_no_more_often(world: World) -> None:
    of_four = statements(world, "1", 2)
    assert statements(world, "2", 20) <= of_four


def test_an_import_that_is_taken_back_makes_room_for_others_that_wait(
    world: World, known: LoyaltyCard, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(world, FILE)
    settings.BACKGROUND_ROWS = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(reverting, "AT_ONCE", 1)
    take_back(world)
    reverts = BackgroundJob.objects.filter(kind="revert")
    export = ask(world, "owner", Customer)
    monkeypatch.setattr(progress, "TURN_SECONDS", 0.0)
    job = jobs.run(reverts.get())
    assert (job.state, job.attempts, job.done, job.total) == ("waiting", 0, 1, 2)
    assert factories.fresh(known).stamp_count == 2  # its line was the last one
    assert card_of(world, "new@example.com").stamp_count == 4
    assert jobs._take() == export
    BackgroundJob.objects.filter(pk=export.pk).update(state="waiting", leased_until=None, lease=None)
    assert jobs.run_due() == 2
    assert set(BackgroundJob.objects.filter(pk__in=[job.pk, export.pk]).values_list("state")) == {("done",)}
    with factories.inside(world.shop):
        assert not Customer.objects.filter(email="new@example.com").exists()
