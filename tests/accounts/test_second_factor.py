"""A second factor: set up, asked for, required, lost and found again."""

import hmac
import re
import struct
import time
from base64 import b32decode
from datetime import timedelta
from hashlib import sha1
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
from tenancy import second_factor, tasks
from tenancy.models import EmailChange, HistoryEntry, Role, User
from tests import factories
from tests.accounts.test_accounts import is_in, post, sign_in
from tests.console import world as worlds
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db
ADDRESS = "nora@example.com"


@pytest.fixture(autouse=True)
def no_codes_used() -> None:
    cache.clear()


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS, role=Role.OWNER)


def code_of(secret: str, at: float | None = None) -> str:
    """What an app shows (RFC 6238)."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(b32decode(secret), counter, sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app as somebody who is signed in; its secret, and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'factor-secret">([A-Z2-7]+)<', page.content.decode())[1]
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\d+)</code>", done.content.decode())
    cache.clear()  # the code of this half minute may be used again
    return secret, codes


def has_app(user: User) -> tuple[str, list[str]]:
    client = Client()
    client.force_login(user)
    return set_up(client)


# --- Setting up -------------------------------------------------------------------------------------------


def test_an_app_is_set_up_and_its_owner_is_told(
    client, nora, post_office, django_capture_on_commit_callbacks
) -> None:
    client.force_login(nora)
    with django_capture_on_commit_callbacks(execute=True):
        _secret, codes = set_up(client)
    assert (len(codes), second_factor.is_held(nora)) == (10, True)
    assert [letter["Subject"] for letter in post(post_office)] == ["Your second factor was changed"]
    assert HistoryEntry._base_manager.get().message == [{"did": "Changed the second factor."}]


def test_a_wrong_code_sets_nothing_up(client, nora) -> None:
    client.force_login(nora)
    client.get(reverse("mfa_activate_totp"))
    assert client.post(reverse("mfa_activate_totp"), {"code": "12345x"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_recovery_codes_are_shown_once(client, nora) -> None:
    client.force_login(nora)
    _secret, codes = set_up(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not [code for code in codes if code in again]
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


def test_new_recovery_codes_end_the_old_ones(client, nora) -> None:
    client.force_login(nora)
    _secret, codes = set_up(client)
    fresh = client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    assert not [code for code in codes if code in fresh]
    other = Client()
    sign_in(other)
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert not is_in(other)


def test_secrets_are_encrypted_at_rest_and_outlive_a_new_key(client, nora, settings) -> None:
    secret, codes = has_app(nora)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "gAAAAA" in kept  # Fernet

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-of-this-site"
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)

    settings.SECRET_KEY_FALLBACKS = []
    lost = Client()
    sign_in(lost)
    for code in (code_of(secret), code_of("A" * 32), codes[0]):
        cache.clear()
        assert lost.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert not is_in(lost)


def test_secrets_follow_the_sites_key_so_that_the_old_one_can_be_given_up(client, nora, settings) -> None:
    secret, _codes = has_app(nora)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-this-site"
    before = list(Authenticator.objects.order_by("pk").values("data"))
    assert second_factor.encrypt_anew() == 0
    assert list(Authenticator.objects.order_by("pk").values("data")) == before

    settings.SECRET_KEY_FALLBACKS = [old]
    tasks.clean_accounts()
    assert second_factor.encrypt_anew() == 0

    settings.SECRET_KEY_FALLBACKS = []
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


# --- Signing in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/login/", "/admin/login/"])
def test_after_the_password_the_second_factor_is_asked_for(client, nora, page) -> None:
    secret, _codes = has_app(nora)
    assert sign_in(client, page=f"{page}?next=/admin/")["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get("/admin/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_a_code_opens_once(client, nora) -> None:
    secret, _codes = has_app(nora)
    other = Client()
    for each in (client, other):
        sign_in(each)
        each.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (is_in(client), is_in(other)) == (True, False)


def test_whoever_lost_the_phone_gets_in_by_a_recovery_code_once(client, nora) -> None:
    _secret, codes = has_app(nora)
    other = Client()
    for each in (client, other):
        sign_in(each)
        each.post(reverse("mfa_authenticate"), {"code": codes[3]})
    assert (is_in(client), is_in(other)) == (True, False)


def test_codes_cannot_be_tried_without_end(client, nora) -> None:
    secret, _codes = has_app(nora)
    sign_in(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "12345x"})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=2), tick=False):
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert is_in(client)


def test_the_page_of_the_second_factor_is_nobodys_without_the_password(client, nora) -> None:
    secret, _codes = has_app(nora)
    assert client.get(reverse("mfa_authenticate")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)


def test_a_code_also_says_again_who_it_is(client, nora) -> None:
    client.force_login(nora)
    secret, _codes = set_up(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        place = worlds.list_address("tenancy_apikey")
        asking = client.get(place)["Location"]
        assert client.post(asking, {"code": "12345x"}).status_code == 200
        assert client.get(place).status_code == 302
        assert client.post(asking, {"code": code_of(secret)})["Location"] == place
        assert client.get(place).status_code == 200


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
