"""Names and numbers stay as they are, in whatever language a browser translates a page into."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from loyalty.models import LoyaltyCard
from loyalty.services import cards
from tests import factories

pytestmark = pytest.mark.django_db

WITHOUT_END = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
PAGES = (
    "join",
    "join-poster",
    "card",
    "card-history",
    "card-data",
    "card-erase",
    "card-phone",
)


class Translated(HTMLParser):
    """What a browser would translate: the words of a page's body that are not under translate="no"."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = [("", False)]
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        is_kept = (
            self.open[-1][1] or ("translate", "no") in attrs or tag in ("head", "script", "svg", "textarea")
        )
        if tag not in WITHOUT_END:
            self.open.append((tag, is_kept))

    def handle_endtag(self, tag):
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.open[-1][1]:
            self.words.append(data)


def translated(response) -> str:
    return " ".join(Translated(response.content.decode()).words)


@pytest.fixture
def known(shop) -> dict[str, str]:
    """Whatever a page may name."""
    card = factories.card(shop.store, name="Anouk Schommartz", stamps=3, phone="621123456")
    person = card.customer
    return {
        "token": card.access_token,
        "merchant": shop.merchant.name,
        "store": shop.store.name,
        "program": shop.program.card_name,
        "first name": person.first_name,
        "phone": person.phone,
        "number": card.display_number,
    }


@pytest.mark.parametrize("name", PAGES)
def test_no_name_and_no_number_on_a_page_is_translated(client, shop, known, name):
    if name == "join-poster":
        client.force_login(shop.owner)
    token = known.pop("token")
    which = shop.store.store_code if name.startswith("join") else token

    response = client.get(reverse(name, args=[which]), {"lang": "en"})

    assert response.status_code == 200
    assert [what for what, words in known.items() if words in translated(response)] == []
    assert "Skip to the content" in translated(response)


def test_nor_on_a_card_that_is_closed(client, shop, known):
    with factories.inside(shop):
        card = LoyaltyCard.objects.get(access_token=known.pop("token"))
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())

    response = client.get(reverse("card", args=[card.access_token]), {"lang": "en"})

    assert [what for what, words in known.items() if words in translated(response)] == []
    assert "Please ask at" in translated(response)


def test_the_chooser_of_the_till_keeps_names_too(client, shop):
    factories.staff_pin(shop.store, name="Rose")
    client.force_login(shop.owner)

    for address in (reverse("terminal", args=[shop.store.store_code]), "/terminal/?choose=1"):
        words = translated(client.get(address))
        assert [name for name in ("Rose", shop.store.name, shop.merchant.name) if name in words] == []
