"""The worst days of a shop: mail server, broker and database go away, one after the other, while people are served.

The site runs as it does in production (`tests/parts_of_a_site.py`).
A call that waited for a broker that hangs would do so for a minute, and the till hangs up after PATIENCE. Seen red
with a doorbell that is rung in the request itself.
"""

import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from notifications import posting
from notifications.codes import LOOKED_AT_AGAIN
from notifications.models import EmailLog
from tenancy import scope
from tenancy.models import OutboxMessage
from tests import factories
from tests.cut_line import CutLine
from tests.lock_waits import WAITS
from tests.parts_of_a_site import WAIT, Day, begun, database_url, until

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20  # seconds after which a till hangs up


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    with begun(tmp_path, monkeypatch) as day:
        yield day


# --- The till ---------------------------------------------------------------------------------------------


@dataclass
class Till:
    """A tablet with somebody signed in, on a line of its own to the site."""

    url: str
    shop: factories.Shop
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.cookies.update({"sessionid": session_of(self.shop.manager), "csrftoken": "c" * 32})
        self.http.headers.update({"X-CSRFToken": "c" * 32, "Referer": self.url})

    def ask(self, method: str, path: str, body: Any = None, *, once: str = "") -> requests.Response:
        headers = {"Idempotency-Key": once or secrets.token_hex(8)} if method == "POST" else {}
        address = f"{self.url}/api/v1/stores/{self.shop.store.store_code}/{path}"
        return self.http.request(method, address, json=body, headers=headers, timeout=PATIENCE)

    def enrol_by_themselves(self, email: str) -> requests.Response:
        address = f"{self.url}/api/v1/public/stores/{self.shop.store.store_code}/enroll/"
        person = {"email": email, "name": "Anna Weber", "accept_terms": True}
        return requests.post(address, json=person, timeout=PATIENCE)


def session_of(user: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "tenancy.sign_in.EmailBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def a_visit(till: Till, name: str) -> list[Any]:
    """Two people get cards; one fills theirs, buys, and redeems both; what the till was answered each time."""
    answers = [till.enrol_by_themselves(f"{name}-self@example.com")]
    person = {"email": f"{name}@example.com", "name": "Anna Weber", "create_if_missing": True}
    answers.append(till.ask("POST", "cards/", person))
    card = f"cards/{answers[-1].json()['card']['id']}/"
    for path, body in (
        ("stamps/", {}),
        ("stamps/", {}),
        ("stamps/redeem/", {}),
        ("stamps/redeem/", {}),  # refused: nothing is left
        ("points/", {"purchase_amount_cents": 5000, "order_reference": name}),
        ("points/redeem/", {"reward_id": till.shop.program.rewards.get().pk}),
    ):
        answers.append(till.ask("POST", card + path, body))
    answers.append(till.ask("GET", f"cards/lookup/?q={name}@example.com"))
    return [(answer.status_code, without_names(answer.json())) for answer in answers]


DIFFERENT = ("id", "_at", "number", "email", "url", "reference", "passes", "stamps_today")


def without_names(answer: Any) -> Any:
    """An answer without what must differ between two people."""
    if isinstance(answer, dict):
        return {
            key: "..." if key.endswith(DIFFERENT) and value is not None else without_names(value)
            for key, value in answer.items()
        }
    return [without_names(one) for one in answer] if isinstance(answer, list) else answer


# --- Broker and mail server -------------------------------------------------------------------------------


def test_whatever_is_away_the_till_answers_the_same_and_all_that_waits_is_done_once(day: Day) -> None:
    shop = factories.shop(stamps_target=2, welcome_bonus_points=10, rewards=[("Croissant", 400)])
    with scope.everything("the test looks at what the site did"):
        till = Till(day.site.url, shop)
        usual = a_visit(till, "usual")
        assert [status for status, _body in usual] == [201, 201, 201, 201, 201, 409, 201, 201, 200]
        until(everything_is_settled, "the e-mails of a usual day")

        day.mail.close()
        assert a_visit(till, "no-mail") == usual
        until(lambda: EmailLog.objects.filter(fault="unreachable").exists(), "the worker has tried")
        day.broker.stop()
        assert a_visit(till, "no-broker") == usual
        day.mail.open()
        day.mail.hang()
        day.broker.start()
        day.broker.hang()
        assert a_visit(till, "all-hang") == usual
        assert OutboxMessage.objects.filter(state="waiting").exists(), "it was all only written down"

        day.mail.close()
        day.mail.open()
        day.broker.wake_up()
        until(lambda: not OutboxMessage.objects.filter(state="waiting").exists(), "the announcements")
        EmailLog.objects.filter(~Q(status="sending"), next_attempt_at__isnull=False).update(
            next_attempt_at=timezone.now()  # the minute until the next attempt is over
        )
        until(everything_is_settled, "what was waiting")
        everybody_was_written_to_once(day, ["usual", "no-mail", "no-broker", "all-hang"])
        assert not OutboxMessage.objects.exists()
        assert set(LoyaltyCard.objects.values_list("stamp_count", "points_balance")) == {(0, 110), (0, 10)}
        the_clock_ticks(shop)
    call_command("verify_ledger", verbosity=0)


def the_clock_ticks(shop: factories.Shop) -> None:
    """What nobody rings for is done as well: somebody enrols from here, where there is no bell."""
    assert not settings.DOORBELL_ENABLED
    factories.card(shop.store)
    until(everything_is_settled, "the worker and the clock have found what they need again")


def everything_is_settled() -> bool:
    """What waits to be looked at again is not waited for."""
    waits = OutboxMessage.objects.filter(state="waiting").exists()
    unsettled = EmailLog.objects.exclude(status__in=["sent", "suppressed"]).exclude(code__in=LOOKED_AT_AGAIN)
    return not waits and not unsettled.exists()


def everybody_was_written_to_once(day: Day, visits: list[str]) -> None:
    """Each e-mail arrived once; everybody got their card and their bonus; nobody a reward that they have had."""
    rows = {posting.message_id(log): log for log in EmailLog.objects.filter(status="sent")}
    arrived = [letter["Message-ID"] for letter in day.mail.letters()]
    assert sorted(arrived) == sorted(rows)
    got = Counter((log.to, log.code) for log in rows.values())
    for visit in visits:
        for to in (f"{visit}@example.com", f"{visit}-self@example.com"):
            assert got.pop((to, "loyalty_welcome_bonus")) == 1
    assert {code for _to, code in got} <= {"loyalty_reward_ready"}
    assert set(got.values()) <= {1}


# --- The database -----------------------------------------------------------------------------------------


def test_without_its_database_the_till_is_told_at_once_and_a_repeat_does_it_once(day: Day) -> None:
    shop = factories.shop()
    with scope.everything("the test looks at what the site did"):
        card = factories.card(shop.store)
        till, path = Till(day.site.url, shop), f"cards/{card.pk}/stamps/"
        assert till.ask("POST", path, {}, once="before").status_code == 201

        day.line.cut()
        for _time in range(3):
            answer = till.ask("POST", path, {}, once="during")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
        assert till.ask("GET", f"cards/{card.pk}/").status_code == 503
        assert (
            requests.get(f"{day.site.url}/join/{shop.store.store_code}/", timeout=PATIENCE).status_code == 503
        )

        day.line.mend()
        answers = [till.ask("POST", path, {}, once="during") for _time in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
        assert len({answer.content for answer in answers}) == 1
        assert factories.fresh(card).stamp_count == 2

        day.line.drop()
        assert till.ask("POST", path, {}, once="after").status_code == 201
        assert factories.fresh(card).stamp_count == 3
        the_clock_ticks(shop)


def test_a_call_whose_database_goes_away_in_the_middle_has_not_happened(day: Day) -> None:
    shop = factories.shop()
    with scope.everything("the test looks at what the site did"):
        card = factories.card(shop.store)
        till, path = Till(day.site.url, shop), f"cards/{card.pk}/stamps/"
        with line_that_is_cut_while_somebody_waits_for(card, day.line):
            answer = till.ask("POST", path, {}, once="stamp")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert factories.fresh(card).stamp_count == 0

        day.line.mend()
        assert till.ask("POST", path, {}, once="stamp").status_code == 201
        assert factories.fresh(card).stamp_count == 1
        assert LoyaltyTransaction.objects.filter(card=card, transaction_type="stamp_earned").count() == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has this option")
def test_a_database_whose_machine_vanishes_without_a_word_is_given_up_in_seconds() -> None:
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 5_000
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        asked_after = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        given_up_after = asked_after + 3 * line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
        assert (asked_after, given_up_after) == (5, 11)


@contextmanager
def line_that_is_cut_while_somebody_waits_for(card: LoyaltyCard, line: CutLine) -> Iterator[None]:
    """Hold a card; as soon as the site waits for it, cut the line, and let go."""
    is_held = threading.Event()

    def hold() -> None:
        with (
            psycopg.connect(database_url(line.to)) as holder,
            psycopg.connect(database_url(line.to)) as watcher,
        ):
            holder.execute("SELECT 1 FROM loyalty_loyaltycard WHERE id = %s FOR UPDATE", [card.pk])
            is_held.set()
            watcher.autocommit = True
            until(lambda: watcher.execute(WAITS).fetchone() is not None, "the site waits for the card")
            line.cut()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(WAIT)
    yield
    thread.join(WAIT)
