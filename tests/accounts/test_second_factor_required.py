"""A second factor that somebody must have; and one that is lost, and found again."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groundwork import deletion
from tenancy import second_factor
from tenancy.models import EmailChange, HistoryEntry, Role, User
from tests import factories
from tests.accounts.apps import has_app, set_up
from tests.accounts.visits import ADDRESS, is_in, post, sign_in
from tests.console import world as worlds
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_codes_used() -> None:
    cache.clear()


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS, role=Role.OWNER)


# --- Required ---------------------------------------------------------------------------------------------


def led_to_set_up(client: Client) -> bool:
    answers = [client.get(reverse("admin:index")), client.post(worlds.list_address("tenancy_apikey", "add"))]
    return all(answer.status_code == 302 and answer["Location"] == reverse("mfa_index") for answer in answers)


def test_an_operator_sets_one_up_before_the_console_opens(client, settings) -> None:
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    client.force_login(factories.operator())
    assert led_to_set_up(client)
    set_up(client)
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_operator_of_a_demo_needs_none(client) -> None:
    client.force_login(factories.operator())
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_merchant_may_require_it_of_whoever_opens_the_console_and_its_tills_work_on(client) -> None:
    shop, other = factories.shop(), factories.shop()
    type(shop.merchant).objects.filter(pk=shop.merchant.pk).update(requires_second_factor=True)
    for person in (shop.owner, shop.manager):
        client.force_login(person)
        assert led_to_set_up(client)
        assert client.get(reverse("terminal", args=[shop.store.store_code])).status_code == 200
    set_up(client)
    assert client.get(reverse("admin:index")).status_code == 200
    client.force_login(other.owner)
    assert client.get(reverse("admin:index")).status_code == 200
    client.force_login(shop.staff)
    assert client.get(reverse("terminal", args=[shop.store.store_code])).status_code == 200


def test_an_owner_requires_it_in_the_console(client) -> None:
    shop = factories.shop()
    client.force_login(shop.owner)
    page = worlds.address(shop.merchant)
    client.post(page, worlds.filled(client.get(page), requires_second_factor="on"))
    assert factories.fresh(shop.merchant).requires_second_factor is True
    assert led_to_set_up(client)


def test_whoever_must_have_one_does_not_remove_the_last(client, settings) -> None:
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    client.force_login(factories.operator())
    set_up(client)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    settings.OPERATORS_NEED_SECOND_FACTOR = False
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.exists()


def test_owners_are_offered_one_and_staff_are_not(client, nora) -> None:
    client.force_login(nora)
    hint = "A second factor protects it better"
    assert hint in client.get("/account/").content.decode()
    set_up(client)
    assert hint not in client.get("/account/").content.decode()
    client.force_login(factories.member(factories.store()))
    assert hint not in client.get("/account/").content.decode()


# --- Lost -------------------------------------------------------------------------------------------------


def test_an_operator_resets_anothers_who_is_told_and_signs_in_by_password(
    client, nora, post_office: PostOffice
) -> None:
    has_app(nora)
    operator = factories.operator()
    client.force_login(operator)
    page = reverse("admin:tenancy_user_reset_second_factor", args=[nora.pk])
    assert client.get(page).status_code == 200
    assert second_factor.is_held(nora)

    assert client.post(page).status_code == 302

    assert not Authenticator.objects.exists()
    assert [letter["Subject"] for letter in post(post_office)] == ["Your second factor was reset"]
    entry = HistoryEntry._base_manager.get(object_id=str(nora.pk), action="changed", user=operator)
    assert "second factor" in str(entry.message)
    her = Client()
    assert sign_in(her).status_code == 302
    assert is_in(her)


def test_it_takes_an_operator_who_has_just_signed_in_and_not_their_own(client, nora) -> None:
    has_app(nora)
    operator = factories.operator()
    has_app(operator)
    page = reverse("admin:tenancy_user_reset_second_factor", args=[nora.pk])
    client.force_login(operator)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert client.post(page)["Location"].startswith("/account/again/")
    own = reverse("admin:tenancy_user_reset_second_factor", args=[operator.pk])
    assert client.post(own).status_code == 403
    client.force_login(nora)
    assert client.post(own).status_code in (403, 404)
    assert (second_factor.is_held(nora), second_factor.is_held(operator)) == (True, True)


def test_an_operators_own_is_reset_by_a_command(post_office: PostOffice) -> None:
    operator = factories.operator()
    has_app(operator)
    said = StringIO()
    call_command("reset_second_factor", operator.email.upper(), stdout=said)
    assert not Authenticator.objects.exists()
    assert [letter["Subject"] for letter in post(post_office)] == ["Your second factor was reset"]
    for email in (operator.email, "nobody@example.com"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", email)


def test_nothing_that_opens_a_deleted_account_is_left(client, nora) -> None:
    has_app(nora)
    sign_in(client)
    EmailChange.objects.create(user=nora, old_email=ADDRESS, new_email="n@example.com")
    UserSession.objects.create(user=nora, session_key="x" * 32, ip="::1")

    deletion.soft_delete(nora, by=None)

    left = [model.objects.count() for model in (Authenticator, EmailChange, UserSession)]
    assert left == [0, 0, 0]
    assert factories.fresh(nora).session_epoch == 1


def test_a_colleagues_second_factor_stays_when_somebody_is_deleted(nora) -> None:
    has_app(nora)
    deletion.soft_delete(factories.user(), by=None)
    assert second_factor.is_held(nora)
