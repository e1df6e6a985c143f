"""One customer, one page: cards, ledger, e-mails, passes, consents, changes, and the buttons for all of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import localize

from customers import agreements
from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from notifications.models import EmailLog
from tests import factories
from tests.buying import bring_back, buy
from tests.console.world import World, address, said
from wallet.models import AppleDeviceRegistration, WalletPass


@pytest.fixture
def card(world: World) -> LoyaltyCard:
    return world.mine["loyalty_loyaltycard"]  # two stamps, 50 points


@pytest.fixture
def customer(world: World) -> Customer:
    return world.mine["customers_customer"]


def page_for(world: World, who: str, customer: Customer) -> str:
    return world.client(who).get(address(customer)).text


def buttons(page: str) -> list[str]:
    """The addresses of the buttons in the tables, without where they lead back to."""
    return [one.partition("?")[0] for one in re.findall(r'class="row-button" href="([^"]+)"', page)]


def an_email(world: World, card: LoyaltyCard, **more: object) -> EmailLog:
    about = {
        "customer": card.customer,
        "card": card,
        "store": world.shop.store,
        "merchant": world.shop.merchant,
    }
    sent = {
        "to": card.customer.email,
        "status": "sent",
        "sent_at": timezone.now(),
        "code": "loyalty_enrollment",
    }
    with factories.inside(world.shop):
        return EmailLog.objects.create(dedup_key=f"page-{factories.number()}", **about | sent | more)


def a_pass(world: World, card: LoyaltyCard, **more: object) -> WalletPass:
    of = {"merchant": world.shop.merchant}
    with factories.inside(world.shop):
        made = WalletPass.objects.create(
            card=card,
            platform="apple",
            serial_number="serial",
            auth_token="secret",
            card_key="key",
            **of | more,
        )
        AppleDeviceRegistration.objects.create(
            wallet_pass=made, device_library_identifier="phone-of-anna", push_token="push", **of
        )
    return made


# --- What stands on it --------------------------------------------------------------------------------------


def test_a_card_stands_there_with_its_balance_and_the_buttons_of_its_own_page(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    page = page_for(world, "manager", customer)
    assert f'href="{address(card)}">{card.display_number}</a>' in page
    assert "2 stamps, 50 points" in page
    card.refresh_from_db()
    assert (
        localize(timezone.localtime(card.last_activity_at, world.shop.merchant.tzinfo))
        in page.partition('id="ledger-title"')[0]
    )
    wanted = ("give_stamp", "adjust_points", "send_link", "replace", "merge", "deactivate")
    assert [address(card, name) for name in wanted] == buttons(page)[: len(wanted)]


def test_a_purchase_says_how_its_points_come_about_and_can_be_undone_and_brought_back(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    bought = buy(card, world.shop, cents=1250, receipt="R-17")
    page = page_for(world, "manager", customer)
    assert "€12.50 × 10 = 125 points" in page
    assert "R-17" in page
    assert "2 stamps, 175 points" in page or "3 stamps, 175 points" in page
    line = line_of(world, bought)
    assert {address(line, "undo"), address(bought, "bring_back")} <= set(buttons(page))
    bring_back(bought, world.shop)
    assert address(bought, "bring_back") not in buttons(page_for(world, "manager", customer))


def line_of(world: World, bought: Purchase) -> LoyaltyTransaction:
    with factories.inside(world.shop):
        return LoyaltyTransaction.objects.get(purchase=bought, transaction_type="points_earned")


def test_an_email_stands_there_with_its_text_and_is_sent_again_from_there(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    log = an_email(world, card, subject="Welcome", body="Hello **Anna**, here is your card.")
    page = page_for(world, "manager", customer)
    assert "Welcome" in page
    assert "here is your card." in page
    assert address(log, "send_this_again") in buttons(page)


def test_a_pass_stands_there_with_how_far_it_has_come(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    row = a_pass(world, card, wanted_version=3, synced_version=2, last_error="503 from Apple")
    page = page_for(world, "manager", customer)
    assert address(row) in page
    assert "failed" in page
    assert "503 from Apple" in page
    assert "1 device" in page
    assert "phone-" not in page  # which one it is, only the operator is told
    assert address(row, "try_this_again") in buttons(page)
    assert "phone-" in page_for(world, "operator", customer)


def test_what_they_agreed_to_stands_there_in_the_words_they_read(world: World, customer: Customer) -> None:
    with factories.inside(world.shop):
        row = Customer.objects.get(pk=customer.pk)
        agreements.decide_on_offers(row, wants=True)
        row.save()
    page = page_for(world, "owner", customer)
    assert agreements.offers_wording(world.shop.merchant) in page


def test_what_was_done_to_them_in_the_console_stands_there(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    world.client("owner").get(address(customer, "export_data"))
    page = page_for(world, "manager", customer)
    assert "Exported as JSON" in page.partition('id="history-title"')[2]


def test_somebody_without_anything_has_a_page_that_says_so(world: World) -> None:
    nobody = factories.customer(world.shop.store)
    page = page_for(world, "owner", nobody)
    for sentence in (
        "This person has no card.",
        "Nothing has happened yet.",
        "No e-mail has gone to this person.",
    ):
        assert sentence in page
    assert buttons(page) == []


def test_a_card_that_was_merged_leads_to_the_one_that_it_became(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    into = factories.card(world.shop.store, name="Anna Weber")
    form = {"key": "one", "store": world.shop.store.pk, "reason": "Twice", "suggestion": into.pk}
    world.client("owner").post(address(card, "merge"), form)
    page = page_for(world, "owner", customer)
    assert f'merged into <a class="console-link" href="{address(into)}">{into.display_number}</a>' in page
    assert address(card, "give_stamp") not in buttons(page)


# --- Doing something there ----------------------------------------------------------------------------------


def test_after_a_stamp_one_is_back_at_the_customer(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    client = world.client("manager")
    page = client.get(address(customer)).text
    way = re.search(r'href="([^"]*give_stamp[^"]*)"', page)[1]
    assert f'href="{address(customer)}"' in client.get(way).text  # the way out of it
    form = {"key": "one", "store": world.shop.store.pk, "reason": "Forgotten", "count": 1}
    answer = client.post(way, form, follow=True)
    assert answer.redirect_chain == [(address(customer), 302)]
    assert said(answer) == ["1 stamp was given."]
    assert "3 stamps, 50 points" in answer.text
    answer = client.post(address(card, "give_stamp"), form | {"key": "two"}, follow=True)
    assert answer.redirect_chain == [(address(card), 302)]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/card/x/",
        "javascript:alert(1)",
        "admin/",
        "\n/admin/",
    ],
)
def test_nobody_is_led_out_of_the_console(world: World, card: LoyaltyCard, elsewhere: str) -> None:
    form = {"key": "one", "store": world.shop.store.pk, "reason": "Forgotten", "count": 1}
    path = address(card, "give_stamp")
    answer = world.client("owner").post(path, form, query_params={"back": elsewhere})
    assert answer["Location"] == address(card)


# --- As far as one's own role reaches -----------------------------------------------------------------------


def test_an_accountant_sees_all_of_it_and_does_nothing(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    an_email(world, card, subject="Welcome", body="Hello")
    reader = factories.member(world.shop.store, role="accountant")
    client = world.client("anonymous")
    client.force_login(reader, backend="tenancy.sign_in.EmailBackend")
    page = client.get(address(customer)).text
    assert "2 stamps, 50 points" in page
    assert "Welcome" in page
    assert buttons(page) == []


def test_a_manager_undoes_what_happened_at_their_store_and_sees_what_happened_at_another(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    with factories.inside(world.shop):
        there = factories.card(world.shop.other_store, card.customer.email)
        assert there.pk == card.pk
    factories.give_stamps(card, world.shop.other_store, 1)
    an_email(world, card, subject="From the other store", store=world.shop.other_store)
    with factories.inside(world.shop):
        elsewhere = LoyaltyTransaction.objects.filter(card=card).latest("id")
    page = page_for(world, "manager", customer)
    assert "3 stamps, 50 points" in page
    assert str(world.shop.other_store) in page
    assert address(elsewhere, "undo") not in buttons(page)
    assert address(world.mine["loyalty_loyaltytransaction"], "undo") in buttons(page)
    assert "From the other store" not in page
    owners = page_for(world, "owner", customer)
    assert address(elsewhere, "undo") in buttons(owners)
    assert "From the other store" in owners


# --- Cost ---------------------------------------------------------------------------------------------------


def test_the_page_costs_as_many_queries_with_much_on_it_as_with_little(
    world: World, card: LoyaltyCard, customer: Customer
) -> None:
    client = world.client("owner")
    buy(card, world.shop)
    an_email(world, card)
    a_pass(world, card)
    few = cost(client, address(customer))
    for _number in range(4):
        buy(card, world.shop)
        an_email(world, card)
    assert cost(client, address(customer)) == few
    assert few <= 31


def cost(client: object, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
