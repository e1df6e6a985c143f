"""The page behind an invitation's link: opened by anybody who has it, taken by whose address it is, and by a button."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from groundwork import clock
from tenancy import invitations, scope
from tenancy.models import Invitation, OutboxMessage, StoreUser, User
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db
STRONG = "blueberry-tram-77"
NEW = {"first_name": "Nora", "last_name": "Weis", "password": STRONG}


@pytest.fixture
def shop() -> Shop:
    shop = factories.shop()
    User.objects.filter(pk=shop.owner.pk).update(first_name="Olga", last_name="Thill")
    return shop


@pytest.fixture
def invitation(shop: Shop) -> Invitation:
    return factories.invitation(shop.store, shop.owner, "nora@example.com", role="manager")


def link(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitations.token_of(invitation)])


def browser(person: User | None = None) -> Client:
    client = Client()
    if person:
        client.force_login(person, backend="tenancy.sign_in.EmailBackend")
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def taken(invitation: Invitation) -> tuple[object, int, int]:
    with scope.everything("a test looks"):
        row = factories.fresh(invitation)
        return row.accepted_by, StoreUser.all_objects.count(), User.all_objects.count()


def test_the_page_says_what_is_accepted_and_opening_it_accepts_nothing(
    shop: Shop, invitation: Invitation
) -> None:
    before = taken(invitation)
    for client in (browser(), browser(shop.owner)):
        for _scanner in range(3):
            response = client.get(link(invitation))
            assert response.status_code == 200
            assert client.head(link(invitation)).status_code == 200
    for said in (shop.merchant.name, shop.store.name, "manager", "Olga Thill", "nora@example.com"):
        assert said in text(response)
    assert shop.other_store.name not in text(response)
    assert taken(invitation) == before
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_new_person_chooses_a_password_and_is_in(shop: Shop, invitation: Invitation) -> None:
    client = browser()
    response = client.post(link(invitation), NEW, headers={"Accept-Language": "lb"})
    assert (response.status_code, response.headers["Location"]) == (302, reverse("admin:index"))
    nora = User.objects.get(email="nora@example.com")
    assert (nora.first_name, nora.last_name, nora.preferred_language) == ("Nora", "Weis", "lb")
    assert nora.check_password(STRONG)
    assert get_user(client) == nora
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_new_person_sees_and_ends_that_session_and_is_told_of_no_new_device(
    shop: Shop, invitation: Invitation
) -> None:
    client = browser()
    client.post(link(invitation), NEW)
    assert "this device" in text(client.get(reverse("account-sessions")))
    client.post(reverse("account-sessions-end"))
    assert client.get(reverse("account-sessions")).status_code == 302
    again = client.post(reverse("login"), {"username": "nora@example.com", "password": STRONG})
    assert again.status_code == 302
    assert not [row for row in OutboxMessage._base_manager.all() if "new_device" in str(row.payload)]


def test_staff_are_led_to_the_till(shop: Shop) -> None:
    for_staff = factories.invitation(shop.store, shop.owner, "nora@example.com")
    response = browser().post(link(for_staff), NEW)
    assert response.headers["Location"] == reverse("terminal-choose")


def test_whoever_has_an_account_signs_in_and_accepts(shop: Shop, invitation: Invitation) -> None:
    nora = factories.user("nora@example.com", first_name="Eleonora")
    before = taken(invitation)
    client = browser()
    page = client.get(link(invitation))
    assert 'type="password"' not in text(page)
    assert browser().post(link(invitation), NEW).status_code == 200
    assert taken(invitation) == before
    assert factories.fresh(nora).password == nora.password

    typed = {"username": "nora@example.com", "password": factories.PASSWORD}
    assert client.post(page.context["sign_in"], typed).headers["Location"] == link(invitation)
    assert "Accept the invitation" in text(client.get(link(invitation)))
    assert taken(invitation) == before
    response = client.post(link(invitation))
    assert response.headers["Location"] == reverse("admin:index")
    assert taken(invitation)[0] == nora
    after = factories.fresh(nora)
    assert (after.password, after.first_name) == (nora.password, "Eleonora")


def test_signed_in_as_somebody_else_is_said_and_leads_out(shop: Shop, invitation: Invitation) -> None:
    ken = factories.user("ken@example.com")
    before = taken(invitation)
    client = browser(ken)
    page = client.get(link(invitation))
    assert "You are signed in as ken@example.com" in text(page)
    assert "Accept the invitation" not in text(page)
    assert 'type="password"' not in text(page)
    client.post(link(invitation), NEW)
    assert taken(invitation) == before
    out = client.post(reverse("logout"), {"next": link(invitation)})
    assert (out.status_code, out.headers["Location"]) == (302, link(invitation))
    assert 'type="password"' in text(client.get(link(invitation)))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"password": "nora@example.com"}, "password"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_its_field(
    invitation: Invitation, typed: dict[str, str], wrong: str
) -> None:
    before = taken(invitation)
    response = browser().post(link(invitation), NEW | typed)
    assert response.status_code == 200
    assert f'id="id_{wrong}_error"' in text(response)
    assert taken(invitation) == before


def test_a_link_works_once_and_every_dead_one_looks_alike(shop: Shop, invitation: Invitation) -> None:
    later = factories.invitation(shop.store, shop.owner, "late@example.com")
    withdrawn = factories.invitation(shop.store, shop.owner, "gone@example.com")
    with scope.everything("a test takes it back"):
        invitations.revoke(invitation=withdrawn, actor=factories.actor("owner", shop.owner))
    assert browser().post(link(invitation), NEW).status_code == 302
    before = taken(invitation)
    pages = []
    for path in (link(invitation), link(withdrawn), "/invitation/guessed/", link(later)[:-1] + "x/"):
        for response in (browser().get(path), browser().post(path, NEW)):
            assert response.status_code == 404
            pages.append(text(response).replace(path, "PATH"))
    with clock.at(later.expires_at + timedelta(seconds=1)):
        pages.append(text(browser().get(link(later))))
    assert len(set(pages)) == 1
    assert taken(invitation) == before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "invites you"),
        ("fr", "vous invite"),
        ("de", "lädt Sie ein"),
        ("lb", "luet Iech an"),
    ],
)
def test_the_page_speaks_four_languages(invitation: Invitation, language: str, said: str) -> None:
    page = text(browser().get(f"{link(invitation)}?lang={language}"))
    assert said in page
    assert f'<html lang="{language}"' in page


def test_a_form_from_elsewhere_accepts_nothing(invitation: Invitation) -> None:
    before = taken(invitation)
    assert Client(enforce_csrf_checks=True).post(link(invitation), NEW).status_code == 403
    assert taken(invitation) == before
