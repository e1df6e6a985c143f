"""Lists, figures, exports and rehearsals are read from a replica that keeps up; the till, and who just wrote, never.

The replica is a second connection to the same database: which of the two is asked is what counts here.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from groundwork.database import reading
from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyCard
from tenancy.models import Store
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def replica(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptureQueriesContext]:
    """What the replica is asked, beside how far behind it is."""
    settings.DATABASE_ROUTERS = ["groundwork.database.reading.Router"]
    connections.settings[reading.REPLICA] = dict(connection.settings_dict)
    connections[reading.REPLICA] = connections.create_connection(DEFAULT_DB_ALIAS)
    monkeypatch.setattr(reading, "_asked", lambda: 0.0)
    monkeypatch.setattr(reading, "LOOK_AGAIN", 0.0)
    with CaptureQueriesContext(connections[reading.REPLICA]) as asked:
        yield asked
    connections[reading.REPLICA].close()
    del connections[reading.REPLICA], connections.settings[reading.REPLICA]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return factories.shop()


def cards_seen(shop: Shop) -> int:
    with factories.inside(shop):
        return LoyaltyCard.objects.count()


def test_what_is_read_afar_comes_from_the_replica_and_everything_else_does_not(
    shop: Shop, replica: CaptureQueriesContext
) -> None:
    factories.card(shop.store)
    assert cards_seen(shop) == 1
    assert len(replica) == 0
    with reading.afar():
        assert cards_seen(shop) == 1
        assert len(replica) == 1
        with factories.inside(shop):
            Store.objects.get(pk=shop.store.pk)  # it hangs upon rights
        with reading.at_home():
            cards_seen(shop)
        with transaction.atomic():
            cards_seen(shop)
    cards_seen(shop)
    assert len(replica) == 1


def test_a_row_that_was_read_afar_is_written_at_home(shop: Shop, replica: CaptureQueriesContext) -> None:
    card = factories.card(shop.store)
    with reading.afar(), factories.inside(shop):
        found = LoyaltyCard.objects.get(pk=card.pk)
        asked = len(replica)
        LoyaltyCard.objects.filter(pk=found.pk).update(is_active=False)
        with transaction.atomic():
            LoyaltyCard.objects.select_for_update().get(pk=card.pk)
    assert (asked, len(replica)) == (1, 1)


@pytest.mark.parametrize(("lag", "expected"), [(0.0, 1), (5.0, 1), (5.1, 0), (None, 0)])
def test_a_replica_that_is_away_or_too_far_behind_is_not_read(
    shop: Shop,
    replica: CaptureQueriesContext,
    monkeypatch: pytest.MonkeyPatch,
    lag: float | None,
    expected: int,
) -> None:
    monkeypatch.setattr(reading, "_asked", lambda: lag)
    with reading.afar():
        cards_seen(shop)
    assert len(replica) == expected


def test_how_far_a_server_is_behind_is_asked_of_itself(replica: CaptureQueriesContext) -> None:
    assert reading._answer(reading.LAG) == 0  # one that is no replica is behind nobody
    assert not reading._answer(reading.HAS, timezone.now())


def test_a_replica_that_does_not_answer_is_left_alone(
    replica: CaptureQueriesContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(connections[reading.REPLICA], "cursor", away)
    assert reading._answer(reading.LAG) is None


# --- Whose reading ----------------------------------------------------------------------------------------


def test_the_consoles_lists_are_read_afar_but_not_by_who_has_just_changed_something(
    shop: Shop, replica: CaptureQueriesContext, client: Client
) -> None:
    factories.card(shop.store)
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    address = reverse("admin:loyalty_loyaltycard_changelist")
    assert client.get(address).status_code == 200
    afar = len(replica)
    assert afar > 0
    assert not any("tenancy_user" in query["sql"].split("JOIN")[0] for query in replica.captured_queries)
    client.post(address, {})
    assert client.cookies["wrote"]["max-age"] == 10
    assert client.get(address).status_code == 200
    assert len(replica) == afar


def test_statistics_are_read_afar_and_the_till_is_not(shop: Shop, replica: CaptureQueriesContext) -> None:
    card, till = factories.card(shop.store), Till(shop.store, key=factories.api_key(shop.store))
    assert till.post(f"cards/{card.pk}/stamps/", once="first").status_code == 201
    assert till.get(f"cards/{card.pk}/").status_code == 200
    assert till.get("cards/").status_code == 200
    assert len(replica) == 0
    figures = Till(shop.store, shop.owner).get("stats/")
    assert figures.status_code == 200
    assert len(replica) > 0


def test_a_job_reads_afar_only_from_a_replica_that_has_what_was_there_when_it_was_asked_for(
    replica: CaptureQueriesContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = timezone.now()
    told: list[object] = []

    def answer(question: str, *parameters: object) -> bool:
        told.append(parameters)
        return parameters == (asked_for,)

    monkeypatch.setattr(reading, "_answer", answer)
    with reading.afar(since=asked_for):
        assert reading.alias() == reading.REPLICA
    with reading.afar(since=asked_for + timedelta(seconds=1)):
        assert reading.alias() == DEFAULT_DB_ALIAS
    assert told == [(asked_for,), (asked_for + timedelta(seconds=1),)]
    assert {str(each.kind) for each in jobs.works if each.reads_afar} == {"export", "rehearse"}


def test_without_a_replica_everything_is_read_as_ever(shop: Shop, client: Client) -> None:
    with reading.afar(), reading.afar(since=timezone.now()):
        assert reading.alias() == DEFAULT_DB_ALIAS
        assert cards_seen(shop) == 0
    client.post("/login/", {})
    assert "wrote" not in client.cookies
