"""Codes of earlier cards in a file of customers: each is brought over once, and means one card."""

from customers.models import Customer
from loyalty.models import CardCode
from loyalty.services import printed
from tests import factories
from tests.console.bringing import bring, card_of, check, confirm, faults
from tests.console.world import World


def test_codes_of_earlier_cards_come_along_once(world: World) -> None:
    file = "email,Barcode,stamps\nlea@example.com,4 006381 333931,4\nmarc@example.com,old-17,0\n"
    bring(world, file)
    bring(world, file)
    with factories.inside(world.shop):
        known = dict(CardCode.objects.order_by("id").values_list("code", "card__customer__email"))
    assert known == {"4006381333931": "lea@example.com", "OLD-17": "marc@example.com"}


def test_a_code_that_is_wrong_or_somebody_elses_is_named_with_its_line(world: World) -> None:
    bring(world, "email,code\nlea@example.com,4006381333931\n")
    card = card_of(world, "lea@example.com")
    lines = [f"marc@example.com,{code}" for code in ("4006381333931", card.card_number, "4.00638E+12", "🎉")]
    file = "\n".join(["email,code", *[f"{number}{line}" for number, line in enumerate(lines)]])
    twice = "\na@example.com,17-a\nb@example.com,17-A\n"
    assert faults(check(world, file + twice)) == [(line, "code") for line in (2, 3, 4, 5, 7)]
    with factories.inside(world.shop):
        assert CardCode.objects.count() == 1


def test_the_number_of_a_printed_card_is_named_with_its_line_as_that_card_is_not_alive_yet(
    world: World,
) -> None:
    with factories.inside(world.shop):
        about = {"name": "Box", "count": 1, "design": "white"}
        batch = printed.make(store=world.shop.store, actor=factories.actor("manager"), **about)
        number = batch.cards.get().card_number
    checked = check(world, f"email,code\nlea@example.com,{number}\nmarc@example.com,17\n")
    assert faults(checked) == [(2, "code")]
    assert "It becomes a card when a till scans it." in checked.content.decode()
    confirm(world, checked)
    with factories.inside(world.shop):
        assert CardCode.objects.get().card.customer.email == "marc@example.com"
        assert not Customer.objects.filter(email="lea@example.com").exists()
