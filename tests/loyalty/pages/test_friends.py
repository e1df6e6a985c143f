"""Bringing friends: the invitation on a card's page, and the page that it opens."""

import pytest
from django.test import Client

from loyalty.models import Friend, FriendLink, LoyaltyCard
from loyalty.pages.customer import friends as pages
from loyalty.services import cards, friends, promotions
from tests import factories
from tests.factories import Shop
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db
OWNER = factories.actor("owner")


@pytest.fixture
def invites(shop: Shop):
    return factories.promotion(
        shop.program,
        "Friends",
        effect="points",
        amount=50,
        audience="brought_by_friend",
        friend_amount=30,
        least_cents=1000,
        month_limit=5,
    )


def invitation(shop: Shop, card: LoyaltyCard) -> str:
    with factories.inside(shop):
        return f"/join/{shop.store.store_code}/?by={friends.code_of(card)}"


def join(client: Client, address: str, email: str = "ben@example.com"):
    return client.post(address, {"name": "Ben", "email": email})


def brought(shop: Shop) -> list[int]:
    with factories.inside(shop):
        return list(Friend.objects.values_list("brought_by", flat=True))


def test_the_card_hands_on_an_invitation_and_says_what_both_get(open_card, shop, card, invites):
    response = open_card(card)

    text, page = words(response), response.content.decode()
    assert "30 points for you and 50 points for your friend" in text.replace("\xa0", " ")
    assert "with the first purchase of €10.00 or more, at most 5 friends a month" in text
    assert f'value="http://localhost:8000{invitation(shop, card)}"' in page or invitation(shop, card) in page
    assert "came by your invitation" not in text


def test_without_such_a_promotion_no_invitation_is_made(open_card, shop, card, invites):
    with factories.inside(shop):
        promotions.stop(promotion_id=invites.pk, actor=OWNER)

    response = open_card(card)

    assert "Bring a friend" not in words(response)
    assert pages.OWN_CARDS.cookie not in response.cookies
    with factories.inside(shop):
        assert FriendLink.objects.count() == 0


def test_who_opens_it_is_told_by_whom_and_what_for_and_is_known_as_a_friend(client, shop, card, invites):
    address = invitation(shop, card)

    text = words(client.get(address))
    assert "Anouk invites you. 50 points for you and 30 points for whoever invited you" in text
    assert "Weber" not in text
    assert "anouk@example.com" not in text
    assert join(client, address).status_code == 302
    assert brought(shop) == [card.pk]


@pytest.mark.parametrize("kind", ["wrong", "foreign", "retired"])
def test_a_code_that_is_none_enrols_without_a_word(client, shop, card, invites, kind):
    with factories.inside(shop):
        if kind == "retired":
            cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor("manager"))
    code = invitation(shop, card).partition("by=")[2]
    if kind == "foreign":
        other = factories.shop()
        code = invitation(other, factories.card(other.store)).partition("by=")[2]
    if kind == "wrong":
        code = "nonsense\x00"
    address = f"/join/{shop.store.store_code}/"

    page = client.get(address, {"by": code})
    assert page.status_code == 200
    assert "invites you" not in words(page)
    done = client.post(address, {"name": "Ben", "email": "ben@example.com", "by": code})

    assert done.status_code == 302
    assert brought(shop) == []


def test_the_device_on_which_the_card_was_open_brings_nobody(client, open_card, shop, card, invites):
    cookie = open_card(card).cookies[pages.OWN_CARDS.cookie]
    assert cookie["httponly"] is True
    address = invitation(shop, card)

    assert join(client, address, "anouk.again@example.com").status_code == 302
    assert brought(shop) == []
    assert join(Client(), address).status_code == 302
    assert brought(shop) == [card.pk]


def test_a_forged_cookie_is_none(client, shop, card, invites):
    client.cookies[pages.OWN_CARDS.cookie] = "W10:1vXxXx:forged"

    assert join(client, invitation(shop, card)).status_code == 302
    assert brought(shop) == [card.pk]


def test_the_answer_tells_nothing_of_whose_address_it_is(client, shop, card, invites):
    """Whoever types the address of whoever invited them sees what anybody sees who types a known one."""
    other = factories.card(shop.store, email="other@example.com")
    address = invitation(shop, card)

    answers = []
    for email in ("anouk@example.com", "other@example.com"):
        visitor = Client()
        answers.append(words(visitor.get(join(visitor, address, email)["Location"])))

    assert answers[0] == answers[1]
    assert other.display_number not in answers[1]
    assert brought(shop) == []
