"""A complaint at the counter: cards are found, looked at and put right in the console."""

import pytest
from django.test import Client

from customers.models import Customer
from loyalty.models import CardCode, LoyaltyCard, LoyaltyTransaction
from tenancy.models import OutboxMessage
from tests import factories
from tests.console.world import World, address, list_address, said


def lines(card: LoyaltyCard) -> list[LoyaltyTransaction]:
    return list(LoyaltyTransaction.objects.filter(card=card).order_by("id"))


def post(
    client: Client, card: LoyaltyCard, page: str, world: World, **data: object
) -> tuple[object, LoyaltyCard]:
    """Send one of the forms of a card's page; returns the answer and the card after it."""
    form = {"key": f"form-{factories.number()}", "store": world.shop.store.pk, "reason": "Complaint"} | data
    response = client.post(address(card, page), form, follow=True)
    return response, factories.fresh(card)


@pytest.fixture
def card(world: World) -> LoyaltyCard:
    return world.mine["loyalty_loyaltycard"]  # two stamps, 50 points


def test_a_missing_stamp_is_given_with_the_reason_and_who_gave_it(world: World, card: LoyaltyCard) -> None:
    response, after = post(
        world.client("manager"), card, "give_stamp", world, count=1, reason="Forgotten today"
    )
    assert said(response) == ["1 stamp was given."]
    assert after.stamp_count == 3
    with factories.inside(world.shop):
        line = lines(card)[-1]
    assert (line.transaction_type, line.stamps_delta, line.notes) == ("stamp_earned", 1, "Forgotten today")
    assert (line.user, line.store) == (world.shop.manager, world.shop.store)


def test_a_form_that_is_sent_twice_gives_one_stamp(world: World, card: LoyaltyCard) -> None:
    client = world.client("owner")
    post(client, card, "give_stamp", world, count=1, key="the same form")
    _, after = post(client, card, "give_stamp", world, count=1, key="the same form")
    assert after.stamp_count == 3


def test_without_a_reason_nothing_is_given(world: World, card: LoyaltyCard) -> None:
    response, after = post(world.client("owner"), card, "give_stamp", world, count=1, reason="  ")
    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert after.stamp_count == 2


def test_the_limits_of_the_program_hold_in_the_console_too(world: World, card: LoyaltyCard) -> None:
    response, after = post(world.client("owner"), card, "give_stamp", world, count=11)
    assert list(response.context["form"].errors) == ["count"]
    assert after.stamp_count == 2


def test_a_store_of_somebody_else_cannot_be_named(world: World, card: LoyaltyCard) -> None:
    for store in (world.stranger.store, world.shop.other_store):
        response, after = post(world.client("manager"), card, "give_stamp", world, count=1, store=store.pk)
        assert list(response.context["form"].errors) == ["store"]
        assert after.stamp_count == 2


def test_points_are_adjusted_but_never_below_nothing(world: World, card: LoyaltyCard) -> None:
    client = world.client("manager")
    response, after = post(client, card, "adjust_points", world, points_delta=-51)
    assert response.context["form"].non_field_errors() == ["There are not enough points on this card."]
    assert after.points_balance == 50
    _, after = post(client, card, "adjust_points", world, points_delta=-50)
    assert after.points_balance == 0


def test_a_lost_card_gets_new_codes_and_keeps_its_balance(world: World, card: LoyaltyCard) -> None:
    _, after = post(world.client("owner"), card, "replace", world, new_number="on")
    assert after.stamp_count == 2
    assert after.qr_code_data != card.qr_code_data
    assert after.access_token != card.access_token
    assert after.card_number != card.card_number


def test_a_card_is_switched_off_and_on_again(world: World, card: LoyaltyCard) -> None:
    client = world.client("manager")
    _, after = post(client, card, "deactivate", world)
    assert not after.is_active
    assert client.get(address(card, "give_stamp")).status_code == 403
    _, after = post(client, card, "reactivate", world)
    assert after.is_active
    with factories.inside(world.shop):
        assert [line.transaction_type for line in lines(card)[-2:]] == [
            "card_deactivated",
            "card_reactivated",
        ]


def test_two_cards_of_one_person_are_suggested_and_merged(world: World, card: LoyaltyCard) -> None:
    with factories.inside(world.shop):
        twin = factories.card(world.shop.store, name="Anna Weber", stamps=3)
    client = world.client("owner")
    suggestions = client.get(address(card, "merge")).context["form"].fields["suggestion"].choices
    assert suggestions[0][0] == str(twin.pk)
    _, after = post(client, card, "merge", world, suggestion=twin.pk)
    twin = factories.fresh(twin)
    assert (after.stamp_count, after.is_active, after.merged_into_id) == (0, False, twin.pk)
    assert (twin.stamp_count, twin.points_balance) == (5, 50)


def test_a_card_of_another_merchant_cannot_be_merged_into(world: World, card: LoyaltyCard) -> None:
    theirs = world.theirs["loyalty_loyaltycard"]
    response, after = post(world.client("owner"), card, "merge", world, other=theirs.card_number)
    assert "not found" in str(response.context["form"].non_field_errors())
    assert after.is_active
    assert factories.fresh(theirs).stamp_count == 2


def test_the_link_is_mailed_again(world: World, card: LoyaltyCard) -> None:
    response = world.client("manager").post(address(card, "send_link"), follow=True)
    assert said(response) == ["The link is on its way."]
    # One goes out as an e-mail, or the other as a text message to whoever has no address.
    messages = OutboxMessage.objects.filter(event="loyalty.card_link_requested")
    assert [message.payload["card_ids"] for message in messages] == [[card.pk]] * 2


def test_a_transaction_is_undone_with_a_reason(world: World, card: LoyaltyCard) -> None:
    line = world.mine["loyalty_loyaltytransaction"]
    client = world.client("manager")
    response = client.post(address(line, "undo"), {"reason": "Wrong customer"}, follow=True)
    assert said(response) == ["It was undone."]
    assert factories.fresh(card).points_balance == 0
    assert client.get(address(line, "undo")).status_code == 403
    assert factories.fresh(line).points_delta == 50


@pytest.mark.parametrize("text", ["{number}", "anna", "weber anna", "{email}"])
def test_a_card_is_found_by_anything(world: World, card: LoyaltyCard, text: str) -> None:
    with factories.inside(world.shop):
        wanted = text.format(number=card.display_number, email=card.customer.email)
    response = world.client("owner").get(list_address(LoyaltyCard), {"q": wanted})
    assert [found.pk for found in response.context["cl"].result_list] == [card.pk]


def test_codes_that_open_a_card_are_on_no_page_of_the_console(world: World, card: LoyaltyCard) -> None:
    client = world.client("operator")
    for page in (address(card), list_address(LoyaltyCard), address(card, "replace")):
        text = client.get(page).content.decode()
        assert card.access_token not in text
        assert card.qr_code_data not in text


def test_nothing_of_the_ledger_can_be_written(world: World, card: LoyaltyCard) -> None:
    line = world.mine["loyalty_loyaltytransaction"]
    client = world.client("operator")
    assert client.post(address(line), {"notes": "forged", "stamps_delta": 100}).status_code == 403
    assert client.post(address(card), {"stamp_count": 100}).status_code == 403
    assert factories.fresh(card).stamp_count == 2
    assert factories.fresh(line).notes == ""


def test_the_codes_of_earlier_cards_are_on_the_page_found_exported_and_removed(
    world: World, card: LoyaltyCard
) -> None:
    with factories.inside(world.shop):
        for code in ("4006381333931", "OLD 17"):
            CardCode.objects.create(merchant=world.shop.merchant, card=card, code=code)
        old = CardCode.objects.get(code="OLD 17")
    manager = world.client("manager")
    assert "4006381333931, OLD 17" in manager.get(address(card)).content.decode()
    found = manager.get(list_address(LoyaltyCard), {"q": "old 17"})
    assert list(found.context["cl"].result_list) == [card]
    for means_their_card in ("old 17", card.display_number, card.qr_code_data):
        people = manager.get(list_address(Customer), {"q": means_their_card}).context["cl"].result_list
        assert list(people) == [card.customer]
    strangers = world.client("stranger").get(list_address(Customer), {"q": "old 17"})
    assert list(strangers.context["cl"].result_list) == []
    exported = b"".join(manager.get(list_address(LoyaltyCard) + "export/csv/").streaming_content).decode()
    assert "4006381333931, OLD 17" in exported
    response, _ = post(manager, card, "remove_code", world, code=old.pk)
    assert said(response) == ["The code was removed."]
    with factories.inside(world.shop):
        assert [code.code for code in card.codes.all()] == ["4006381333931"]
