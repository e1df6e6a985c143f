"""A forgotten password: the way back in, for its owner and for nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from notifications.models import AccountEmail
from tenancy.models import OutboxMessage
from tests import factories
from tests.accounts.visits import ADDRESS, NEW, history, is_in, link, post, sign_in

pytestmark = pytest.mark.django_db


# --- Forgotten --------------------------------------------------------------------------------------------


def forgot(client: Client, email: str = ADDRESS) -> HttpResponse:
    return client.post("/account/forgotten/", {"email": email})


def choose(client: Client, address: str, password: str = NEW) -> HttpResponse:
    opened = client.get(address, follow=True)
    form = {"new_password1": password, "new_password2": password}
    return client.post(opened.redirect_chain[-1][0] if opened.redirect_chain else address, form)


def test_whoever_forgot_their_password_chooses_another_by_a_link(client, nora, post_office) -> None:
    forgot(client, " Nora@Example.com")
    (letter,) = post(post_office)
    assert (letter["To"], letter["Subject"]) == (ADDRESS, "Choose a new password")

    assert choose(client, link(letter))["Location"] == "/login/"

    assert sign_in(client, factories.PASSWORD).status_code == 200
    assert sign_in(client, NEW).status_code == 302
    assert is_in(client)
    assert [letter["Subject"] for letter in post(post_office)] == [
        "Your password was changed",
        "New sign-in to your account",
    ]
    assert history() == ["Chose a new password.", "Signed in on a new device."]


def test_a_link_is_good_once(client, nora, post_office) -> None:
    forgot(client)
    address = link(post(post_office)[0])
    choose(client, address)
    again = choose(Client(), address, "yet-another-secret")
    assert "This link has been used already" in again.content.decode()
    assert sign_in(client, "yet-another-secret").status_code == 200


def test_a_link_is_good_for_two_hours(client, nora, post_office) -> None:
    forgot(client)
    address = link(post(post_office)[0])
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=5)):
        assert "This link has been used already" in client.get(address).content.decode()
    assert factories.fresh(nora).check_password(factories.PASSWORD)


def test_a_weak_password_is_refused_and_the_old_one_stays(client, nora, post_office) -> None:
    forgot(client)
    answer = choose(client, link(post(post_office)[0]), "short")
    assert answer.status_code == 200
    assert factories.fresh(nora).check_password(factories.PASSWORD)


def test_nobody_is_told_whether_an_address_has_an_account(
    client, nora, post_office, django_assert_num_queries
) -> None:
    with django_assert_num_queries(4):
        known = forgot(client)
    with django_assert_num_queries(4):
        unknown = forgot(client, "nobody@example.com")
    assert re.sub("nora|nobody", "", known.content.decode()) == re.sub(
        "nora|nobody", "", unknown.content.decode()
    )
    assert OutboxMessage._base_manager.count() == 2
    assert [letter["To"] for letter in post(post_office)] == [ADDRESS]
    assert sorted(AccountEmail.objects.values_list("status", flat=True)) == ["sent", "suppressed"]


def test_whoever_asks_again_and_again_gets_one_letter_a_minute(client, nora, post_office) -> None:
    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        for _ in range(3):
            forgot(client)
        assert len(post(post_office)) == 1


def test_so_many_links_are_asked_for_from_one_address(client, nora, settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"account_link": "2/m"}
    assert [forgot(client).status_code for _ in range(3)] == [200, 200, 429]
    assert OutboxMessage._base_manager.count() == 2


def test_a_new_password_forgets_the_wrong_ones(client, nora, post_office) -> None:
    for _ in range(6):
        sign_in(client, "forgotten-it")
    assert sign_in(client).status_code == 429
    forgot(client)
    choose(client, link(post(post_office)[0]))
    assert sign_in(client, NEW).status_code == 302


def test_links_are_not_made_up_without_end(client, nora, post_office) -> None:
    forgot(client)
    address = link(post(post_office)[0])
    made_up = [client.get(f"{address[:-1]}{number:02}/").status_code for number in range(21)]
    assert made_up == [200] * 20 + [429]
    assert client.get(address).status_code == 429
    assert client.get(address, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_a_new_password_ends_every_session(client, nora, post_office) -> None:
    other = Client()
    sign_in(other)
    assert is_in(other)
    forgot(client)
    choose(client, next(link(each) for each in post(post_office) if "new password" in each["Subject"]))
    assert not is_in(other)


@pytest.mark.parametrize("page", ["/login/", "/admin/login/"])
def test_every_sign_in_page_leads_to_it(client, page) -> None:
    assert 'href="/account/forgotten/"' in client.get(page).content.decode()
