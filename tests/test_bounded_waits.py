"""The database is waited for within bounds: who meets what somebody else holds is told to try again, all others go on.

What holds is a connection beside the shop's own, which PostgreSQL itself ends after a while: without bounds the calls
would wait for that, and then be answered as if nothing had been.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.db.backends.postgresql import base as django_postgresql
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from psycopg.errors import IdleInTransactionSessionTimeout
from pytest_django import Settings

from groundwork.database import waits
from groundwork.database.postgresql import base as postgresql
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.bounds import bounds_now
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

BRIEF = 150  # milliseconds
ENROLLED = 1  # lines of a new card
CARDS, PROGRAMS = LoyaltyCard._meta.db_table, "loyalty_loyaltyprogram"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def brief(settings: Settings) -> Iterator[None]:
    """Nobody waits for a lock for longer than BRIEF."""
    settings.DATABASE_WAITS = {
        kind: bounds | {"lock_timeout": BRIEF} for kind, bounds in settings.DATABASE_WAITS.items()
    }
    connection.close()
    yield
    connection.close()


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return factories.shop()


@pytest.fixture
def till(shop: Shop) -> Till:
    till = Till(shop.store, shop.staff)
    till.client.raise_request_exception = False
    return till


@contextmanager
def somebody_holds(statement: str, *parameters: Any) -> Iterator[None]:
    """Let another connection do something in a transaction that does not end within the block."""
    address = connection.get_connection_params()
    another = psycopg.connect(
        host=address["host"],
        port=address["port"],
        user=address["user"],
        dbname=address["dbname"],
        options="-c idle_in_transaction_session_timeout=20s",
    )
    try:
        another.execute(statement, parameters)
        yield
    finally:
        another.close()


def somebody_holds_card(card: LoyaltyCard) -> Any:
    return somebody_holds(f"SELECT 1 FROM {CARDS} WHERE id = %s FOR UPDATE", card.pk)


def stamp(till: Till, card: LoyaltyCard, once: str = "") -> HttpResponse:
    return till.post(f"cards/{card.pk}/stamps/", once=once or None)


def is_told_to_try_again(response: HttpResponse) -> bool:
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    return response["Retry-After"] == "5"


def lines_of(card: LoyaltyCard) -> int:
    with factories.inside(card.merchant):
        return LoyaltyTransaction.objects.filter(card=card).count()


# --- A card that somebody holds ---------------------------------------------------------------------------


@pytest.mark.usefixtures("brief")
def test_a_held_card_is_refused_and_the_same_key_stamps_it_later(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    with somebody_holds_card(card):
        assert is_told_to_try_again(stamp(till, card, once="first"))
        assert (fresh(card).stamp_count, lines_of(card)) == (0, ENROLLED)
    assert stamp(till, card, once="first").status_code == 201
    again = stamp(till, card, once="first")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (fresh(card).stamp_count, lines_of(card)) == (1, ENROLLED + 1)


@pytest.mark.usefixtures("brief")
def test_while_a_card_is_held_another_is_stamped(shop: Shop, till: Till) -> None:
    card, another = factories.card(shop.store), factories.card(shop.store)
    with somebody_holds_card(card):
        assert is_told_to_try_again(stamp(till, card))
        assert stamp(till, another).status_code == 201
    assert (fresh(card).stamp_count, fresh(another).stamp_count) == (0, 1)


@pytest.mark.usefixtures("brief")
def test_a_pooler_that_drops_the_options_of_connections_changes_nothing(
    shop: Shop, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        postgresql.DatabaseWrapper,
        "get_connection_params",
        django_postgresql.DatabaseWrapper.get_connection_params,
    )
    card = factories.card(shop.store)
    connection.close()
    assert bounds_now()["lock_timeout"] == 0
    with somebody_holds_card(card):
        assert is_told_to_try_again(stamp(till, card))
    assert stamp(till, card).status_code == 201


def test_rows_are_read_and_locked_part_by_part_within_a_transaction(shop: Shop) -> None:
    """A cursor that outlives its transaction could not lock."""
    card = factories.card(shop.store)
    with factories.inside(shop), transaction.atomic():
        assert list(LoyaltyCard.objects.select_for_update().iterator(chunk_size=1)) == [card]
    with factories.inside(shop):
        assert list(LoyaltyCard.objects.iterator(chunk_size=1)) == [card]


# --- A table that somebody locked -------------------------------------------------------------------------


@pytest.mark.usefixtures("brief")
def test_a_locked_table_is_said_by_the_api_and_by_the_pages(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    page = reverse("card", args=[card.access_token])
    visitor = Client(raise_request_exception=False)
    with somebody_holds(f"LOCK TABLE {CARDS} IN ACCESS EXCLUSIVE MODE"):
        assert is_told_to_try_again(stamp(till, card))
        assert is_told_to_try_again(till.get(f"cards/{card.pk}/"))
        told = visitor.get(page)
        assert (told.status_code, told["Retry-After"]) == (503, "5")
        assert told["Content-Type"].startswith("text/html")
    assert visitor.get(page).status_code == 200
    assert till.get(f"cards/{card.pk}/").status_code == 200
    assert fresh(card).stamp_count == 0


@pytest.mark.usefixtures("brief")
def test_a_locked_table_of_sessions_is_said_before_any_view(shop: Shop, till: Till) -> None:
    with somebody_holds("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE"):
        assert is_told_to_try_again(till.get("programs/"))
    assert till.get("cards/").status_code != 503


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("page", ["loyalty_loyaltycard_changelist", "loyalty_loyaltycard_change"])
def test_the_console_says_it_too(shop: Shop, page: str) -> None:
    card = factories.card(shop.store)
    address = reverse(f"admin:{page}", args=[card.pk] if page.endswith("change") else [])
    browser = Client(raise_request_exception=False)
    browser.force_login(factories.operator(), backend="tenancy.sign_in.EmailBackend")
    with somebody_holds(f"LOCK TABLE {CARDS} IN ACCESS EXCLUSIVE MODE"):
        told = browser.get(address)
        assert (told.status_code, told["Retry-After"]) == (503, "5")
    assert browser.get(address).status_code == 200


def test_a_list_of_the_console_waits_as_the_console_may(
    shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is read outside of transactions, in a process whose connections are a till's."""
    settings.DATABASE_WAITS = settings.DATABASE_WAITS | {
        "console": settings.DATABASE_WAITS["console"] | {"lock_timeout": BRIEF}
    }
    browser = Client(raise_request_exception=False)
    browser.force_login(factories.operator(), backend="tenancy.sign_in.EmailBackend")
    connection.close()
    with somebody_holds(f"LOCK TABLE {CARDS} IN ACCESS EXCLUSIVE MODE"):
        told = browser.get(reverse("admin:loyalty_loyaltycard_changelist"))
    assert told.status_code == 503
    with waits.of("console"), connection.execute_wrapper(waits.each_in_a_transaction):
        assert bounds_now() == settings.DATABASE_WAITS["console"]
    assert bounds_now() == settings.DATABASE_WAITS["till"]


@pytest.mark.usefixtures("brief")
def test_the_process_lives_whatever_is_locked(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    with somebody_holds(f"LOCK TABLE {CARDS}, {PROGRAMS}, django_session IN ACCESS EXCLUSIVE MODE"):
        assert is_told_to_try_again(stamp(till, card))
        with connection.execute_wrapper(no_statement):
            assert till.client.get("/healthz").json() == {"status": "ok"}


def no_statement(*arguments: Any) -> None:
    raise AssertionError("the database was asked")


# --- What takes too long ----------------------------------------------------------------------------------


def test_a_statement_and_a_silent_transaction_are_ended(settings: Settings) -> None:
    settings.DATABASE_WAITS = settings.DATABASE_WAITS | {
        "till": {"lock_timeout": 0, "statement_timeout": BRIEF, "idle_in_transaction_session_timeout": 0}
    }
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        connection.cursor().execute("SELECT pg_sleep(20)")
    with transaction.atomic():
        connection.cursor().execute("SELECT 1")


def test_what_was_ended_for_its_silence_is_told_to_try_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*arguments: Any, **keywords: Any) -> None:
        raise InternalError("terminating connection") from IdleInTransactionSessionTimeout()

    monkeypatch.setattr("loyalty.selectors.card_at", silent)
    assert is_told_to_try_again(till.get("cards/1/"))


@pytest.mark.usefixtures("brief")
def test_a_database_that_is_not_there_is_said(
    shop: Shop, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = factories.card(shop.store)
    monkeypatch.setitem(connection.settings_dict, "NAME", "no_such_database")
    connection.close()
    assert is_told_to_try_again(stamp(till, card))
    monkeypatch.undo()
    connection.close()
    assert stamp(till, card).status_code == 201


def test_a_commit_has_no_bound_whose_end_the_database_would_call_a_commit(db: None) -> None:
    """PostgreSQL answers "committed" where waiting for a replica is cancelled; a trigger sees the bound at that."""
    seen = "SELECT current_setting('statement_timeout')"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE at_commit (bound text)")
        cursor.execute("CREATE TEMP TABLE noted (id int)")
        cursor.execute(
            f"CREATE FUNCTION pg_temp.note() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN INSERT INTO at_commit {seen}; RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON noted DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.note()"
        )
        with waits.of("till"), transaction.atomic():
            cursor.execute("INSERT INTO noted VALUES (1)")
            cursor.execute(seen)
            assert cursor.fetchone() != ("0",)
        cursor.execute("SELECT bound FROM at_commit")
        assert cursor.fetchall() == [("0",)]
        cursor.execute("DROP TABLE noted, at_commit; DROP FUNCTION pg_temp.note()")
