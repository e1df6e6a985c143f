"""A person's address: another one counts once it was confirmed there, and the old one is told."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from tenancy.models import EmailChange
from tests import factories
from tests.accounts.visits import ADDRESS, NEW, ask_for, history, link, post, sign_in
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


def to(office: PostOffice, address: str) -> list[EmailMessage]:
    return [letter for letter in post(office) if letter["To"] == address]


def test_another_address_counts_once_confirmed_there_and_the_old_one_is_told(
    client, nora, post_office
) -> None:
    sign_in(client)
    ask_for(client, "Nora@New.example")
    (letter,) = to(post_office, "nora@new.example")
    assert client.get(link(letter)).status_code == 200
    assert factories.fresh(nora).email == ADDRESS

    assert client.post(link(letter)).status_code == 200

    assert factories.fresh(nora).email == "nora@new.example"
    assert [each["Subject"] for each in to(post_office, ADDRESS)] == ["Your e-mail address was changed"]
    assert client.post(link(letter)).status_code == 410
    assert history()[-1] == "Changed the e-mail address."


def test_one_account_asks_for_so_many_addresses_from_wherever_it_is(client, nora) -> None:
    sign_in(client)
    networks = [{"REMOTE_ADDR": f"198.51.100.{number}"} for number in range(6)]
    asked = [
        client.post(
            "/account/email/", {"email": f"n{number}@example.com", "password": factories.PASSWORD}, **network
        )
        for number, network in enumerate(networks)
    ]
    assert [answer.status_code for answer in asked] == [200] * 5 + [429]
    assert EmailChange.objects.get().new_email == "n4@example.com"

    other = Client()
    sign_in(other, email=factories.member(factories.shop().store).email)
    assert ask_for(other, "other@example.com").status_code == 200
    assert EmailChange.objects.count() == 2


def test_nobody_asks_for_another_address_without_the_password(client, nora) -> None:
    sign_in(client)
    assert ask_for(client, "thief@example.com", "wrong").status_code == 200
    assert not EmailChange.objects.exists()


def test_somebody_elses_address_looks_like_any_other_and_is_not_taken(client, nora, post_office) -> None:
    factories.user("taken@example.com")
    sign_in(client)
    free, taken = ask_for(client, "free@example.com"), ask_for(client, "taken@example.com")
    assert free.content.decode().replace("free", "taken") == taken.content.decode()
    assert to(post_office, "taken@example.com") == []


def test_an_address_that_was_taken_meanwhile_is_not_taken_away(client, nora, post_office) -> None:
    sign_in(client)
    ask_for(client, "wanted@example.com")
    (letter,) = to(post_office, "wanted@example.com")
    factories.user("wanted@example.com")
    assert client.post(link(letter)).status_code == 410
    assert factories.fresh(nora).email == ADDRESS


def test_only_the_newest_wish_counts_and_for_a_day(client, nora, post_office) -> None:
    sign_in(client)
    ask_for(client, "first@example.com")
    (first,) = to(post_office, "first@example.com")
    ask_for(client, "second@example.com")
    (second,) = to(post_office, "second@example.com")
    assert client.post(link(first)).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=5)):
        assert client.post(link(second)).status_code == 410
    assert factories.fresh(nora).email == ADDRESS
    assert client.post(link(second)).status_code == 200


def test_what_a_thief_of_the_password_asked_for_ends_with_the_password(client, nora, post_office) -> None:
    thief = Client()
    sign_in(thief)
    ask_for(thief, "thief@example.com")
    (letter,) = to(post_office, "thief@example.com")

    client.post("/account/forgotten/", {"email": ADDRESS})
    (reset,) = to(post_office, ADDRESS)
    ((page, _status),) = client.get(link(reset), follow=True).redirect_chain
    assert client.post(page, {"new_password1": NEW, "new_password2": NEW}).status_code == 302

    assert thief.post(link(letter)).status_code == 410
    assert factories.fresh(nora).email == ADDRESS


def test_who_has_changed_the_password_may_still_ask_for_another_address(client, nora, post_office) -> None:
    sign_in(client)
    changed = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/account/password/", changed).status_code == 302
    ask_for(client, "nora@new.example", NEW)
    (letter,) = to(post_office, "nora@new.example")
    assert client.post(link(letter)).status_code == 200
    assert factories.fresh(nora).email == "nora@new.example"


def test_a_made_up_link_is_nobodys(client, nora) -> None:
    assert client.get("/account/email/confirm/made-up/").status_code == 410
    foreign = signing.dumps(1, salt="another")
    assert client.post(f"/account/email/confirm/{foreign}/").status_code == 410
