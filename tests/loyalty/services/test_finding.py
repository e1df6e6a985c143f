"""Finding a card by whatever a customer shows or says."""

import pytest

from customers import selectors as customers
from customers.models import Customer
from groundwork.deletion import soft_delete
from loyalty import finding, selectors
from loyalty.errors import CardAmbiguous, CardNotFound, CardNumberMistyped, TransactionNotFound
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards
from tests import factories
from tests.refusals import refused

MANAGER = factories.actor("manager")


def mistyped(number: str) -> str:
    """A card number with its last digit wrong."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def test_a_card_is_found_by_all_that_is_known_of_it() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, "anna@example.com", phone="621 123 456")
    number = card.card_number
    for text in (
        card.qr_code_data,
        card.qr_code_data.lower(),
        f"  {card.qr_code_data}\n",
        "anna@example.com",
        " Anna@Example.com ",
        "+352621123456",
        "+352 621 123 456",
        "00352621123456",
        "621 123 456",
        "621123456",
        number,
        f"{number[:4]}-{number[4:8]}-{number[8:]}",
        f"{number[:4]} {number[4:8]} {number[8:]}",
    ):
        assert finding.find_card(shop.store, text) == card, text
        assert finding.find_card(shop.other_store, text) == card, text


def test_another_merchants_card_is_not_found_just_as_one_that_does_not_exist() -> None:
    shop, rival = factories.shop(), factories.shop()
    card = factories.card(rival.store, "anna@example.com", phone="621123456")
    for text in (card.qr_code_data, card.card_number, "anna@example.com", "+352621123456", "621123456"):
        with refused(CardNotFound):
            finding.find_card(shop.store, text)
    for nothing in ("", " ", "Anna", "B" * 30, "nobody@example.com", "+35269", "12"):
        with refused(CardNotFound):
            finding.find_card(shop.store, nothing)


def test_where_each_store_has_its_own_cards_the_other_stores_card_is_not_found() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store, "anna@example.com", phone="621123456")
    for text in (card.qr_code_data, card.card_number, "anna@example.com", "+352621123456"):
        assert finding.find_card(shop.store, text) == card
        with refused(CardNotFound):
            finding.find_card(shop.other_store, text)


def test_a_deleted_card_is_not_found() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    soft_delete(card, by=None)
    for text in (card.qr_code_data, card.card_number, card.customer.email):
        with refused(CardNotFound):
            finding.find_card(shop.store, text)
    with refused(CardNotFound):
        selectors.card_of_page(access_token=card.access_token)


def test_a_slip_in_a_card_number_is_said_to_be_one() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(CardNumberMistyped):
        finding.find_card(shop.store, mistyped(card.display_number))
    with refused(CardNotFound):
        finding.find_card(shop.store, "1000-0000-0008")


def test_twelve_digits_that_are_no_card_may_be_a_phone() -> None:
    shop = factories.shop()
    germany = factories.store(shop.merchant, country="DE")
    card = factories.card(germany, phone="030 1234567890")
    digits = "030123456789"
    assert card.customer.phone == "+49301234567890"
    other = factories.card(germany, phone="0301 23456789")
    assert finding.find_card(germany, digits) == other


def test_a_phone_of_two_cards_asks_which_one_is_meant() -> None:
    shop = factories.shop()
    own, everywhere = factories.two_cards(shop)
    with refused(CardAmbiguous) as refusal:
        finding.find_card(shop.store, "621123456")
    assert refusal.extra["matches"] == [everywhere, own]


def test_of_several_cards_the_only_active_one_is_meant() -> None:
    shop = factories.shop()
    own, everywhere = factories.two_cards(shop)
    cards.deactivate(store=shop.store, card_id=own.pk, actor=MANAGER)
    assert finding.find_card(shop.store, "621123456") == everywhere
    cards.deactivate(store=shop.store, card_id=everywhere.pk, actor=MANAGER)
    with refused(CardAmbiguous):
        finding.find_card(shop.store, "621123456")


def test_whose_card_was_merged_into_another_is_found_with_that_one() -> None:
    """By who they are, and by what they still carry: the plastic that nobody can take back goes on working."""
    shop = factories.shop()
    first, second, third = (
        factories.card(shop.store, f"anna{number}@example.com", phone=f"62112345{number}")
        for number in (1, 2, 3)
    )
    for source, into in ((first, second), (second, third)):
        cards.merge(
            store=shop.store, card_id=source.pk, into_card_id=into.pk, actor=MANAGER, reason="one person"
        )
    for text in ("anna1@example.com", "621123451", "anna2@example.com", "+352621123453"):
        assert finding.find_card(shop.store, text) == third, text
    for text in (first.card_number, first.qr_code_data, second.display_number):
        assert finding.find_card(shop.store, text) == third, text
    cards.deactivate(store=shop.store, card_id=third.pk, actor=MANAGER)
    assert finding.find_card(shop.store, "anna1@example.com") == third


def test_a_merged_card_is_found_itself_once_the_one_that_remained_is_gone() -> None:
    shop = factories.shop()
    old, kept = factories.card(shop.store, "anna@example.com"), factories.card(shop.store)
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=kept.pk, actor=MANAGER, reason="one person")
    soft_delete(kept, by=None)
    for text in ("anna@example.com", old.card_number):
        assert finding.find_card(shop.store, text) == old


def test_a_search_finds_parts_of_names_addresses_phones_and_numbers_newest_first() -> None:
    shop = factories.shop()
    anna = factories.card(shop.store, "anna.weber@example.com", name="Anna Weber", phone="621123456")
    ben = factories.card(shop.store, "ben@example.org", name="Ben Weberknecht")

    def found(text: str, **filters: object) -> list[LoyaltyCard]:
        return list(finding.search_cards(shop.store, text=text, **filters))

    assert found("") == [ben, anna]
    assert found("WEBER") == [ben, anna]
    assert found("anna web") == [anna]
    assert found("example.org") == [ben]
    assert found("62112345") == [anna]
    assert found(anna.card_number[3:9]) == [anna]
    assert found(anna.display_number) == [anna]
    assert found("nobody") == []
    assert found("100%") == []


def test_a_search_finds_a_number_as_people_of_a_country_write_it() -> None:
    shop = factories.shop()
    type(shop.store).objects.filter(pk=shop.store.pk).update(country="FR")
    zoe = factories.card(factories.fresh(shop.store), phone="06 12 34 56 78")
    ben = factories.card(shop.store, phone="+352 621 123 456")

    for text in (
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "+33 (0)6 12 34 56 78",
        "0033 6 12 34 56 78",
    ):
        assert list(finding.search_cards(shop.store, text=text)) == [zoe], text
        assert list(customers.matching(Customer.objects.all(), text)) == [zoe.customer], text
    for text in ("621.123.456", "621/123456", "00352 621 123 456", "621 123 456"):
        assert list(finding.search_cards(shop.store, text=text)) == [ben], text


def test_one_or_two_letters_begin_a_name_an_address_or_a_number() -> None:
    shop = factories.shop()
    anna = factories.card(shop.store, "anna.weber@example.com", name="Anna Weber", phone="621123456")
    ben = factories.card(shop.store, "ben@example.org", name="Ben Krier")

    def found(text: str) -> list[LoyaltyCard]:
        return list(finding.search_cards(shop.store, text=text))

    assert found("a") == [anna]
    assert found("we") == [anna]
    assert found("BE") == [ben]
    assert found("eb") == []  # in the middle of Weber
    assert found("b kr") == [ben]
    assert found("+3") == [anna]
    for card in (anna, ben):
        assert card in found(card.card_number[:2])


def test_a_search_can_be_narrowed() -> None:
    shop = factories.shop()
    here, there, off = (
        factories.card(shop.store),
        factories.card(shop.other_store),
        factories.card(shop.store),
    )
    cards.deactivate(store=shop.store, card_id=off.pk, actor=MANAGER)

    def found(**filters: object) -> list[LoyaltyCard]:
        return list(finding.search_cards(shop.store, **filters))

    assert found(is_active=True) == [there, here]
    assert found(is_active=False) == [off]
    assert found(enrolled_here=True) == [off, here]
    assert found(enrolled_here=False) == [there]


@pytest.mark.parametrize(
    "text", ["\x00", "%", "_", "'", "١٢٣٤٥٦٧٨٩٠١٢", "+" * 500, "@" * 500, "9" * 300, "0" * 20]
)
def test_no_text_whatever_breaks_the_search(text: str) -> None:
    shop = factories.shop()
    factories.card(shop.store)
    with refused(CardNotFound):
        finding.find_card(shop.store, text)
    list(finding.search_cards(shop.store, text=text))
    assert list(finding.search_cards(shop.store, text=f"{text}?")) == []


def test_a_ledger_line_is_found_where_its_card_is_valid() -> None:
    shop, rival = factories.shop(), factories.shop()
    card = factories.card(shop.store, stamps=1)
    line = LoyaltyTransaction.objects.filter(card=card).latest("id")
    assert selectors.transaction_of(shop.other_store, line.pk) == line
    with refused(TransactionNotFound):
        selectors.transaction_of(rival.store, line.pk)
    assert list(selectors.history(card)) == list(LoyaltyTransaction.objects.filter(card=card).order_by("-id"))
    assert list(selectors.transactions_at(shop.other_store)) == []
