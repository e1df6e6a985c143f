"""A database that is there and says nothing: nobody waits for it without end, and what was asked can be asked again."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from groundwork.database import waits
from groundwork.database.postgresql import base as postgresql
from tests import factories
from tests.factories import fresh
from tests.loyalty.api.till import Till
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """A way to PostgreSQL on which everything can be swallowed."""

    def __init__(self, host: str, port: int) -> None:
        self.to = (host, port)
        self.is_dead = False
        self.door = socket.create_server(("127.0.0.1", 0))
        self.nears: list[socket.socket] = []
        self.cut = threading.Timer(PATIENCE, self._cut)  # who would wait for ever is told so
        self.cut.daemon = True
        self.cut.start()
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.door.accept()
                self.nears.append(near)
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _cut(self) -> None:
        for near in self.nears:
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)

    def _carry(self, near: socket.socket) -> None:
        with (
            suppress(OSError),
            near,
            socket.create_connection(self.to) as far,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _events in ready.select():
                    data = key.fileobj.recv(65_536)
                    if not data:
                        return
                    if not self.is_dead:
                        key.data.sendall(data)


@pytest.fixture
def wire(settings: Settings) -> Iterator[Wire]:
    """The only way to the database; a till's statement takes 200 ms at most."""
    at = connection.settings_dict
    before = {name: at[name] for name in ("HOST", "PORT")}
    made = Wire(at["HOST"], int(at["PORT"]))
    till = settings.DATABASE_WAITS["till"] | {"statement_timeout": 200}
    connection.close()
    at |= {"HOST": "127.0.0.1", "PORT": made.port}
    settings.DATABASE_WAITS = settings.DATABASE_WAITS | {"till": till}
    yield made
    connection.close()
    at |= before
    made.cut.cancel()
    made.door.close()


def test_a_stamp_that_meets_a_silent_database_is_told_to_come_again_and_is_given_once(wire: Wire) -> None:
    shop = factories.shop()
    card, till = factories.card(shop.store), Till(shop.store, shop.staff)
    till.client.raise_request_exception = False
    assert till.post(f"cards/{card.pk}/stamps/", once="first").status_code == 201
    wire.is_dead = True
    response = till.post(f"cards/{card.pk}/stamps/", once="second")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "5"
    wire.is_dead = False
    connection.close_if_unusable_or_obsolete()  # as at the end of each request
    assert till.post(f"cards/{card.pk}/stamps/", once="second").status_code == 201
    assert fresh(card).stamp_count == 2


def test_a_connection_that_was_kept_is_given_up_without_waiting_for_a_new_one(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PROBE_SECONDS", 0.2)
    connection.ensure_connection()
    assert connection.is_usable()
    wire.is_dead = True
    with pytest.raises(OperationalError, match="the database is silent"):
        connection.is_usable()
    assert connection.connection is None
    wire.is_dead = False
    connection.ensure_connection()
    assert connection.is_usable()


def test_silence_is_borne_a_little_longer_than_a_statement_may_take(settings: Settings) -> None:
    bounds = settings.DATABASE_WAITS
    settings.DATABASE_WAITS = bounds | {"till": bounds["till"] | {"statement_timeout": 2_500}}
    assert waits.silence() == 2.9
    with waits.of("worker"):
        assert waits.silence() == 600.4
    with waits.of("migration"):
        assert waits.silence() is None
        with waits.silence_of(1):
            assert waits.silence() == 1
