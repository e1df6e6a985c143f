"""The e-mail of an invitation: to the invited address alone, in its store's language, with a link that works."""

import re

import pytest
from django.test import Client

from groundwork import clock, deletion
from groundwork.messaging import outbox
from notifications.models import AccountEmail
from notifications.services import accounts
from tenancy import invitations, scope
from tenancy.models import Invitation, Merchant, Store
from tests import factories
from tests.factories import Shop
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
SUBJECTS = {
    "en": "Café Mirabel invites you",
    "fr": "Café Mirabel vous invite",
    "de": "Café Mirabel lädt Sie ein",
    "lb": "Café Mirabel luet Iech an",
}


def asked(shop: Shop) -> Invitation:
    made = factories.invitation(shop.store, shop.owner, "nora@example.com", role="manager")
    outbox.relay()
    return made


@pytest.mark.parametrize("language", SUBJECTS)
def test_whoever_is_invited_gets_a_link_that_opens(post_office: PostOffice, language: str) -> None:
    shop = factories.shop()
    Merchant.objects.filter(pk=shop.merchant.pk).update(name="Café Mirabel")
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(default_language=language)
    asked(shop)
    assert accounts.send_due() == 1
    (letter,) = post_office.letters
    assert (letter["To"], letter["Subject"]) == ("nora@example.com", SUBJECTS[language])
    words = part(letter, "plain")
    for said in (shop.store.name, shop.owner.email, "Café Mirabel"):
        assert said in words
    (path,) = re.findall(r"https://cards\.example(/invitation/[^\s/]+/)", words)
    assert Client().get(path).status_code == 200


def test_no_copy_of_the_link_or_of_the_words_is_kept(post_office: PostOffice) -> None:
    shop = factories.shop()
    asked(shop)
    accounts.send_due()
    row = AccountEmail.objects.values().get()
    assert "nora@example.com" not in str(row)
    assert "invitation/" not in str(row)


def test_the_same_e_mail_goes_to_who_has_an_account_and_to_who_has_none(post_office: PostOffice) -> None:
    shop, words = factories.shop(), []
    factories.member(factories.shop().store, email="known@example.com")
    for email in ("known@example.com", "nobody@example.com"):
        factories.invitation(shop.store, shop.owner, email)
        outbox.relay()
        accounts.send_due()
        sent = part(post_office.letters[-1], "plain")
        words.append(re.sub(r"/invitation/[^\s/]+/", "LINK", sent).replace(email, "ADDRESS"))
    assert words[0] == words[1]


def test_what_is_taken_back_before_it_goes_out_is_not_sent(post_office: PostOffice) -> None:
    shop = factories.shop()
    invitation = asked(shop)
    with scope.everything("a test takes it back"):
        invitations.revoke(invitation=invitation, actor=factories.actor("owner", shop.owner))
    accounts.send_due()
    assert post_office.letters == []
    assert AccountEmail.objects.get().status == "suppressed"


def test_what_has_run_out_before_it_goes_out_is_not_sent(post_office: PostOffice) -> None:
    shop = factories.shop()
    invitation = asked(shop)
    with clock.at(invitation.expires_at):
        accounts.send_due()
    assert post_office.letters == []


def test_nothing_is_sent_for_a_merchant_that_is_gone(post_office: PostOffice) -> None:
    shop = factories.shop()
    asked(shop)
    deletion.soft_delete(shop.merchant, by=None)
    accounts.send_due()
    assert post_office.letters == []
