"""People and their accounts: the way back in, another address, every device signed out. Nobody else can do it."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from groundwork.messaging import outbox
from notifications.models import AccountEmail
from notifications.services import accounts as letters
from tenancy import accounts
from tenancy.models import EmailChange, HistoryEntry, OutboxMessage, User
from tests import factories
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import part

pytestmark = pytest.mark.django_db
ADDRESS = "nora@example.com"
NEW = "a-quite-new-secret"


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS)


def sign_in(client: Client, password: str = factories.PASSWORD, email: str = ADDRESS, page: str = "/login/"):
    return client.post(page, {"username": email, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def post(office: PostOffice) -> list[EmailMessage]:
    """What arrives: the outbox is delivered, and all that waits goes out."""
    office.letters.clear()
    outbox.relay()
    letters.send_due()
    return office.letters


def link(letter: EmailMessage) -> str:
    found = re.search(r"https://cards\.example(/\S+)", part(letter, "plain"))
    assert found
    return found[1]


def history() -> list[str]:
    return [entry.message[0]["did"] for entry in HistoryEntry._base_manager.order_by("id")]


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
    made_up = [client.get(f"{address[:-3]}{number:02}/").status_code for number in range(21)]
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


# --- Password and name ------------------------------------------------------------------------------------


def change_password(client: Client, present: str) -> HttpResponse:
    form = {"old_password": present, "new_password1": NEW, "new_password2": NEW}
    return client.post("/account/password/", form)


def test_a_changed_password_leaves_this_device_signed_in_and_no_other(client, nora) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    assert change_password(client, factories.PASSWORD)["Location"] == "/account/"
    assert (is_in(client), is_in(other)) == (True, False)


def test_nobody_changes_it_without_the_present_one(client, nora) -> None:
    sign_in(client)
    assert change_password(client, "guessed-by-a-stranger").status_code == 200
    assert factories.fresh(nora).check_password(factories.PASSWORD)
    assert "Chose a new password." not in history()


def test_the_present_password_is_not_guessed_at_a_screen_that_was_left_open(client, nora) -> None:
    sign_in(client)
    answers = [change_password(client, "guessed").status_code for _ in range(3)]
    answers += [ask_for(client, "thief@example.com", "guessed").status_code for _ in range(3)]
    assert answers == [200] * 5 + [429]
    assert change_password(client, factories.PASSWORD).status_code == 429
    assert factories.fresh(nora).check_password(factories.PASSWORD)
    assert not EmailChange.objects.exists()


def test_a_person_says_what_they_are_called(client, nora) -> None:
    sign_in(client)
    form = {"first_name": "Nora", "last_name": "Weber", "preferred_language": "lb", "is_superuser": "on"}
    assert client.post("/account/", form).status_code == 302
    saved = factories.fresh(nora)
    assert (saved.get_full_name(), saved.preferred_language, saved.is_superuser) == (
        "Nora Weber",
        "lb",
        False,
    )


# --- Address ----------------------------------------------------------------------------------------------


def ask_for(client: Client, email: str, password: str = factories.PASSWORD) -> HttpResponse:
    return client.post("/account/email/", {"email": email, "password": password})


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


def test_a_made_up_link_is_nobodys(client, nora) -> None:
    assert client.get("/account/email/confirm/made-up/").status_code == 410
    foreign = signing.dumps(1, salt="another")
    assert client.post(f"/account/email/confirm/{foreign}/").status_code == 410


# --- Sessions and devices ---------------------------------------------------------------------------------


def test_all_sessions_end_at_once_at_terminal_and_console(client, nora) -> None:
    here, till, forced = Client(), Client(), Client()
    sign_in(here)
    sign_in(till)
    forced.force_login(nora)  # a session that no list knows of
    store = nora.memberships()[0].store.name
    assert store in till.get("/terminal/?choose=1").content.decode()
    assert forced.get("/account/").status_code == 200
    assert here.get("/account/sessions/").content.decode().count("<li><b>") == 2

    assert here.post("/account/sessions/end/")["Location"] == "/login/"

    assert [is_in(each) for each in (here, till, forced)] == [False, False, False]
    assert store not in till.get("/terminal/?choose=1").content.decode()
    assert sign_in(here).status_code == 302
    assert is_in(here)


def test_nobody_elses_sessions_end(client, nora) -> None:
    other = Client()
    other.force_login(factories.user())
    sign_in(client)
    client.post("/account/sessions/end/")
    assert is_in(other)


def test_a_sign_in_on_a_new_device_is_told_and_on_a_known_one_is_not(client, nora, post_office) -> None:
    sign_in(client)
    assert [letter["Subject"] for letter in post(post_office)] == ["New sign-in to your account"]
    client.post("/logout/")
    sign_in(client)
    assert post(post_office) == []
    sign_in(Client())
    assert [letter["To"] for letter in post(post_office)] == [ADDRESS]


def test_a_device_known_to_one_person_is_new_to_another(client, nora, post_office) -> None:
    factories.user("paul@example.com")
    sign_in(client)
    client.post("/logout/")
    sign_in(client, email="paul@example.com")
    assert sorted(letter["To"] for letter in post(post_office)) == [ADDRESS, "paul@example.com"]


def test_a_made_up_cookie_makes_no_device_known(client, nora, post_office) -> None:
    client.cookies["known_device"] = signing.dumps([nora.pk], salt="another")
    sign_in(client)
    assert len(post(post_office)) == 1


def test_there_is_no_open_sign_up(client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/").status_code == 302


def test_the_console_opens_by_the_same_way(client, post_office) -> None:
    shop = factories.shop()
    answer = sign_in(client, email=shop.owner.email, page="/admin/login/?next=/admin/tenancy/store/")
    assert answer["Location"] == "/admin/tenancy/store/"
    assert sign_in(Client(), email=shop.owner.email, page="/admin/login/")["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"


def test_old_addresses_and_sessions_are_forgotten(client, nora) -> None:
    sign_in(client)
    ask_for(client, "later@example.com")
    assert accounts.clean(now=timezone.now() + timedelta(days=13)) == 0
    assert is_in(client)
    assert accounts.clean(now=timezone.now() + timedelta(days=31)) == 3
    assert not EmailChange.objects.exists()
