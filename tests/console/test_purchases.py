"""A complaint with a receipt in the hand: the purchase is found in the console, looked at and taken back."""

import csv
import io

import pytest
from django.test import Client

from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Purchase, PurchaseReturn
from loyalty.services import points, purchases
from tests import factories
from tests.console.world import World, address, list_address, said

DOTTED, PLAIN = "R\N{NON-BREAKING HYPHEN}2026 / 17", "r-2026/17"


@pytest.fixture
def card(world: World) -> LoyaltyCard:
    return factories.card(world.shop.store, name="Léa Kremer")


@pytest.fixture
def purchase(world: World, card: LoyaltyCard) -> Purchase:
    """50.00 and a stamp, on a receipt whose number is written in its own way."""
    with factories.inside(world.shop):
        done = purchases.record(
            store=world.shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            purchase_amount_cents=5000,
            order_reference=DOTTED,
        )
    assert done.purchase is not None
    return done.purchase


def spend(world: World, card: LoyaltyCard) -> None:
    with factories.inside(world.shop):
        wanted = world.shop.program.rewards.get(name="Croissant")
        points.redeem(store=world.shop.store, card_id=card.pk, actor=factories.actor(), reward_id=wanted.pk)


def give_back(client: Client, purchase: Purchase, **data: object) -> object:
    form = {"key": f"form-{factories.number()}", "amount": "20.00", "reason": "Too small"} | data
    return client.post(address(purchase, "bring_back"), form, follow=True)


def lines_of(world: World, purchase: Purchase) -> list[tuple[str, int, int]]:
    with factories.inside(world.shop):
        rows = LoyaltyTransaction.objects.filter(purchase=purchase).order_by("pk")
        return list(rows.values_list("transaction_type", "stamps_delta", "points_delta"))


EARNED = [("points_earned", 0, 500), ("stamp_earned", 1, 0)]


@pytest.mark.parametrize("written", [DOTTED, PLAIN, "R 2026 / 17", "Léa Kremer"])
def test_a_purchase_is_found_by_its_receipt_however_it_is_typed(
    world: World, purchase: Purchase, written: str
) -> None:
    page = world.client("manager").get(list_address(Purchase), {"q": written})

    assert [row.pk for row in page.context["cl"].result_list] == [purchase.pk]
    assert "€50.00" in page.content.decode()


@pytest.mark.parametrize("written", ["R-2026/18", "- -"])
def test_another_receipt_finds_nothing(world: World, purchase: Purchase, written: str) -> None:
    page = world.client("manager").get(list_address(Purchase), {"q": written})

    assert purchase.pk not in [row.pk for row in page.context["cl"].result_list]


def test_a_manager_takes_a_part_back_with_the_reason(world: World, purchase: Purchase) -> None:
    client = world.client("manager")

    response = give_back(client, purchase)

    assert said(response) == ["It was returned."]
    assert (factories.fresh(purchase).returned_cents, factories.fresh(purchase.card).points_balance) == (
        2000,
        300,
    )
    assert lines_of(world, purchase) == [*EARNED, ("points_returned", 0, -200)]
    page = client.get(address(purchase)).content.decode()
    assert "€20.00" in page
    assert "Too small" in page


def test_it_is_said_beforehand_and_afterwards_what_is_owed(
    world: World, card: LoyaltyCard, purchase: Purchase
) -> None:
    spend(world, card)
    client = world.client("manager")

    question = client.get(address(purchase, "bring_back")).content.decode()
    assert "If all that is left is returned: 500 points are owed." in question
    assert lines_of(world, purchase) == EARNED, "asking writes nothing"

    assert said(give_back(client, purchase)) == ["It was returned. 200 points are owed."]


def test_where_nothing_would_be_owed_nothing_is_said_of_it(world: World, purchase: Purchase) -> None:
    question = world.client("manager").get(address(purchase, "bring_back")).content.decode()

    assert "spent already is owed" in question
    assert "are owed." not in question


@pytest.mark.parametrize("amount", ["50.01", "0.00", "-1", "1.005", "", "NaN"])
def test_no_more_than_is_left_and_no_broken_amount_is_taken_back(
    world: World, purchase: Purchase, amount: str
) -> None:
    response = give_back(world.client("manager"), purchase, amount=amount)

    assert list(response.context["form"].errors) == ["amount"]
    assert lines_of(world, purchase) == EARNED
    assert factories.fresh(purchase).returned_cents == 0


def test_without_a_reason_nothing_is_taken_back(world: World, purchase: Purchase) -> None:
    response = give_back(world.client("manager"), purchase, reason=" ")

    assert list(response.context["form"].errors) == ["reason"]
    assert lines_of(world, purchase) == EARNED


def test_a_form_that_is_sent_twice_takes_back_once(world: World, purchase: Purchase) -> None:
    client = world.client("manager")
    give_back(client, purchase, key="the same form")
    give_back(client, purchase, key="the same form")

    assert lines_of(world, purchase) == [*EARNED, ("points_returned", 0, -200)]
    with factories.inside(world.shop):
        assert PurchaseReturn.objects.filter(purchase=purchase).count() == 1


def test_what_is_wholly_returned_cannot_be_returned_again(world: World, purchase: Purchase) -> None:
    client = world.client("manager")
    give_back(client, purchase, amount="50.00")

    assert client.get(address(purchase, "bring_back")).status_code == 403
    assert lines_of(world, purchase) == [*EARNED, ("points_returned", 0, -500), ("stamps_returned", -1, 0)]


# --- What is owed on a card -----------------------------------------------------------------------------------


def test_the_cards_page_says_what_is_owed_and_since_which_return(
    world: World, card: LoyaltyCard, purchase: Purchase
) -> None:
    client = world.client("manager")
    assert "owed since" not in client.get(address(card)).content.decode()
    spend(world, card)
    give_back(client, purchase)

    assert "200 points are owed since something was returned on" in client.get(address(card)).content.decode()


def test_a_manager_lets_go_what_is_owed_once(world: World, card: LoyaltyCard, purchase: Purchase) -> None:
    spend(world, card)
    client = world.client("manager")
    give_back(client, purchase)
    form = {"key": "the form", "store": world.shop.store.pk, "reason": "Our mistake"}

    response = client.post(address(card, "let_go"), form, follow=True)

    assert said(response) == ["What was owed is let go."]
    after = factories.fresh(card)
    assert (after.points_owed, after.points_balance) == (0, 0)
    with factories.inside(world.shop):
        line = LoyaltyTransaction.objects.filter(card=card).latest("id")
    assert (line.transaction_type, line.points_delta, line.notes) == ("debt_forgiven", 200, "Our mistake")
    assert line.user == world.shop.manager


def test_where_nothing_is_owed_there_is_nothing_to_let_go(world: World, card: LoyaltyCard) -> None:
    assert world.client("manager").get(address(card, "let_go")).status_code == 403


def test_a_file_of_cards_says_what_each_owes(world: World, card: LoyaltyCard, purchase: Purchase) -> None:
    spend(world, card)
    client = world.client("manager")
    give_back(client, purchase)

    file = client.get(list_address(LoyaltyCard) + "export/csv/", {"q": card.display_number})

    rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    columns = dict(zip(rows[0], rows[1], strict=True))
    assert (columns["Stamps owed"], columns["Points owed"]) == ("0", "200")


# --- Terms ----------------------------------------------------------------------------------------------------


def test_the_program_shows_what_was_promised_from_when_on(world: World) -> None:
    with factories.inside(world.shop):
        LoyaltyProgram.objects.filter(pk=world.shop.program.pk).update(points_per_euro="12.50")

    page = world.client("manager").get(address(world.shop.program))

    (inline,) = [
        one for one in page.context["inline_admin_formsets"] if one.opts.model.__name__ == "ProgramTerms"
    ]
    rates = [str(form.original.points_per_euro) for form in inline if form.original]
    assert rates == ["12.50", "10.00"]
    assert "Promised so far" in page.content.decode()
