"""E-mails about accounts: asked for by an event with ids in it, written when they go out, and kept nowhere."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from groundwork.deletion import soft_delete
from groundwork.messaging import outbox
from notifications.account_kinds import KINDS
from notifications.models import AccountEmail
from notifications.services import accounts
from tenancy import scope
from tenancy.events import AccountEmailRequested
from tenancy.models import OutboxMessage, User
from tests import factories
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]

SUBJECTS = {
    "en": "Your password was changed",
    "fr": "Votre mot de passe a été modifié",
    "de": "Ihr Passwort wurde geändert",
    "lb": "Äert Passwuert gouf geännert",
}


def ask(person: User, kind: str = "password_changed") -> None:
    with transaction.atomic():
        outbox.record(AccountEmailRequested(kind=kind, about_id=person.pk))
    outbox.relay()


def states() -> list[tuple[str, int, str]]:
    return list(AccountEmail.objects.order_by("id").values_list("status", "attempts", "fault"))


@pytest.mark.parametrize("language", SUBJECTS)
def test_a_person_is_written_to_in_their_language_and_in_the_products_look(
    post_office: PostOffice, language: str
) -> None:
    ask(factories.user("nora@example.com", preferred_language=language))

    assert accounts.send_due() == 1

    (letter,) = post_office.letters
    assert (letter["To"], letter["From"]) == ("nora@example.com", "Trei <cards@cards.example>")
    assert (letter["Subject"], letter["Content-Language"]) == (SUBJECTS[language], language)
    assert "https://cards.example/login/" in part(letter, "plain")
    assert 'href="https://cards.example/login/"' in part(letter, "html")
    assert states() == [("sent", 1, "")]


def test_whoever_chose_no_language_is_written_to_in_their_stores(post_office: PostOffice) -> None:
    ask(factories.member(factories.store(default_language="lb")))
    accounts.send_due()
    assert [letter["Subject"] for letter in post_office.letters] == [SUBJECTS["lb"]]


def test_what_waits_names_nobody(post_office: PostOffice) -> None:
    person = factories.user("nora@example.com", first_name="Nora")
    with transaction.atomic():
        outbox.record(AccountEmailRequested(kind="password_changed", about_id=person.pk))
    payload = OutboxMessage.objects.values_list("payload", flat=True).get()
    assert payload == {"kind": "password_changed", "about_id": person.pk, "merchant_id": None}

    outbox.relay()
    accounts.send_due()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM notifications_accountemail e")
        ((row,),) = cursor.fetchall()
    assert not re.search("nora|http|login", row, re.IGNORECASE)


def test_an_account_that_is_gone_is_not_written_to(post_office: PostOffice) -> None:
    gone, off = factories.user(), factories.user()
    ask(gone)
    ask(off)
    with scope.everything("an account belongs to no merchant"):
        soft_delete(gone, by=None)
    User.objects.filter(pk=off.pk).update(is_active=False)

    assert accounts.send_due() == 2

    assert post_office.letters == []
    assert states() == [("suppressed", 1, ""), ("suppressed", 1, "")]


def test_what_could_not_go_out_is_tried_for_three_days(post_office: PostOffice) -> None:
    ask(factories.user())
    post_office.data = "451 later"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempt in (1, 2, 3):
            assert accounts.send_due() == 1
            assert states() == [("queued", attempt, "deferred")]
            assert accounts.send_due() == 0
            clock.shift(timedelta(hours=23))
        clock.shift(timedelta(hours=4))
        assert accounts.send_due() == 1
        assert states() == [("failed", 4, "deferred")]
        clock.shift(timedelta(days=1))
        assert accounts.send_due() == 0


def test_an_address_that_is_refused_is_not_tried_again(
    post_office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    ask(factories.user("nora@example.com"))
    post_office.recipient = "550 nobody of the name nora@example.com here"
    accounts.send_due()
    assert states() == [("failed", 1, "refused")]
    assert "nora" not in str([record.__dict__ for record in caplog.records])


def test_what_was_sent_is_forgotten_after_a_week(post_office: PostOffice) -> None:
    now = timezone.now()
    ask(factories.user())
    accounts.send_due()
    ask(factories.user())
    assert accounts.clean(now=now + timedelta(days=6)) == 0
    assert accounts.clean(now=now + timedelta(days=8)) == 1
    assert states() == [("queued", 0, "")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_name_that_fits_its_row(kind: str) -> None:
    assert len(kind) <= AccountEmail._meta.get_field("kind").max_length  # type: ignore[operator]


def test_the_monitoring_watches_them() -> None:
    out = StringIO()
    call_command("queues", stdout=out)
    assert "account e-mails: 0 waiting, 0.0 s late, 0 given up\n" in out.getvalue()
