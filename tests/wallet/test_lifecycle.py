"""A card's passes through its life: made, saved, void, valid again, replaced, merged, deleted, erased."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from customers.services import erase_person, export_person
from groundwork.deletion import restore, soft_delete
from loyalty import selectors
from loyalty.models import LoyaltyCard
from loyalty.services import cards, points, programs
from tenancy import scope
from tests import factories
from tests.wallet.conftest import apple_pass, deliver, devices_of, page_of, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.iphone import IPhone
from wallet.models import PassState, Platform, WalletPass


@pytest.fixture
def phone(apns: FakeApns) -> IPhone:
    return IPhone("phone", "aa01")


@pytest.fixture
def card(phone: IPhone, shop: factories.Shop) -> LoyaltyCard:
    """A card with three stamps, in a phone that is up to date."""
    made = factories.card(shop.store, name="Anouk Weber", stamps=3)
    deliver()
    phone.add(page_of(made))
    phone.ask_what_is_new()
    return made


def shown(phone: IPhone) -> dict:
    """The pass in the phone, after it has done what a push makes it do."""
    deliver()
    phone.wake_up()
    (held,) = phone.passes.values()
    return held.content


def all_passes(card: LoyaltyCard) -> list[WalletPass]:
    with scope.everything("a test looks"):
        return list(WalletPass.objects.filter(card=card).order_by("pk"))


def test_a_stamp_at_the_till_reaches_the_phone(
    phone: IPhone, apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    stamped(card, shop)
    content = shown(phone)
    assert apns.tokens == ["aa01"]
    assert content["storeCard"]["headerFields"][0]["value"] == 4
    assert "voided" not in content


def test_points_earned_and_undone_reach_the_phone(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        points.earn(store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=1000)
    assert shown(phone)["storeCard"]["headerFields"][1]["value"] == 100


def test_a_deactivated_card_voids_its_pass_and_a_reactivated_one_brings_it_back(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    content = shown(phone)
    assert content["voided"] is True
    assert content["storeCard"]["primaryFields"][0]["value"] == "No longer valid"
    assert apple_pass(card).state == PassState.VOID
    with factories.inside(shop):
        cards.reactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    assert "voided" not in shown(phone)
    assert apple_pass(card).state == PassState.SAVED


def test_a_replaced_card_voids_its_pass_which_learns_nothing_new(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop, client: Client
) -> None:
    with factories.inside(shop):
        new = cards.replace(
            store=shop.store, card_id=card.pk, actor=factories.actor(), reason="phone lost", new_number=True
        )
    content = shown(phone)
    assert content["voided"] is True
    told = json.dumps(content)
    for secret in (new.qr_code_data, new.access_token, new.display_number, "Anouk"):
        assert secret not in told
    assert client.get(page_of(card)).status_code == 404
    other = IPhone("new phone", "bb02")
    fresh = other.add(page_of(new)).content
    assert fresh["serialNumber"] != content["serialNumber"]
    assert fresh["authenticationToken"] != content["authenticationToken"]
    assert fresh["barcodes"][0]["message"] == new.qr_code_data
    stamped(new, shop)
    assert shown(other)["storeCard"]["headerFields"][0]["value"] == 4
    assert [each.state for each in all_passes(card)] == [PassState.VOID, PassState.SAVED]


def test_a_replaced_card_is_told_from_the_old_one_before_any_handler_ran(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        new = cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    other = IPhone("new phone", "bb02").add(page_of(new))
    (held,) = phone.passes.values()
    assert other.serial != held.serial
    phone.fetch(held)
    assert phone.passes[held.serial].content["voided"] is True


def test_a_pass_of_a_replaced_card_gives_nothing_away_while_nobody_has_downloaded_the_new_one(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        new = cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    (held,) = phone.passes.values()
    held.last_modified = "Thu, 01 Jan 1970 00:00:00 GMT"
    phone.fetch(held)
    assert new.qr_code_data not in json.dumps(phone.passes[held.serial].content)


def test_a_merged_card_voids_its_pass_and_the_other_shows_the_sum(
    apns: FakeApns, client: Client, db: None
) -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    email = "anouk@example.com"
    one, two = (factories.card(store, email, stamps=2) for store in (shop.store, shop.other_store))
    first, second = IPhone("one", "aa01"), IPhone("two", "bb02")
    for phone, each in ((first, one), (second, two)):
        phone.add(page_of(each))
    with factories.inside(shop):
        shop.merchant.loyalty_settings.allow_cross_location_redemption = True
        shop.merchant.loyalty_settings.save()
        shop.store.merchant.refresh_from_db()
        cards.merge(
            store=shop.store,
            card_id=two.pk,
            into_card_id=one.pk,
            actor=factories.actor("owner"),
            reason="same",
        )
    assert shown(second)["voided"] is True
    assert shown(first)["storeCard"]["headerFields"][0]["value"] == 4


def test_a_deleted_card_voids_its_pass_until_it_is_restored(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        soft_delete(card, by=None)
    assert shown(phone)["voided"] is True
    with factories.inside(shop):
        restore(card)
    assert "voided" not in shown(phone)


def test_a_deleted_program_voids_all_its_passes(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        soft_delete(shop.program, by=None)
    assert shown(phone)["voided"] is True


def test_an_erased_person_leaves_nothing_on_the_pass(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        erase_person(customer=card.customer)
    content = shown(phone)
    assert content["voided"] is True
    told = json.dumps(content)
    for secret in ("Anouk", "Weber", card.qr_code_data, card.access_token, "barcodes"):
        assert secret not in told
    assert [each.state for each in all_passes(card)] == [PassState.VOID]
    assert phone.remove(next(iter(phone.passes.values()))).status_code == 200
    assert devices_of(card) == []


def test_the_export_names_passes_and_devices(card: LoyaltyCard, shop: factories.Shop) -> None:
    with factories.inside(shop):
        (exported,) = export_person(customer=card.customer)["wallet_passes"]
    assert exported["wallet"] == "apple"
    assert exported["state"] == "saved"
    assert [device["device_library_identifier"] for device in exported["devices"]] == ["phone"]


def test_a_changed_look_reaches_the_phone(
    phone: IPhone, apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        programs.change(
            program_id=shop.program.pk, actor=factories.actor("owner"), card_color="#c2553a", stamps_target=8
        )
    content = shown(phone)
    assert apns.tokens == ["aa01"]
    assert content["backgroundColor"] == "rgb(194, 85, 58)"
    assert content["storeCard"]["secondaryFields"][0]["value"] == "5 to go"


def test_a_card_of_the_time_before_wallets_gets_its_pass_when_it_is_asked_for(
    no_wallets: None, shop: factories.Shop, request: pytest.FixtureRequest
) -> None:
    card = factories.card(shop.store)
    deliver()
    assert all_passes(card) == []
    request.getfixturevalue("apple")
    IPhone().add(page_of(card))
    assert [each.platform for each in all_passes(card)] == [Platform.APPLE]


def test_the_till_tells_in_which_wallet_a_card_is(card: LoyaltyCard, shop: factories.Shop) -> None:
    with factories.inside(shop):
        found = selectors.card_at(shop.store, card.pk)
    assert found.apple_pass_state == PassState.SAVED
    assert found.google_pass_state is None


def edited(shop: factories.Shop, card: LoyaltyCard, **changed: str) -> None:
    """The owner changes something about the card's person in the console."""
    client = Client()
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    address = reverse("admin:customers_customer_change", args=[card.customer_id])
    page = client.get(address).context
    form = {
        name: value for name, value in page["adminform"].form.initial.items() if value not in (None, False)
    }
    for inline in page["inline_admin_formsets"]:
        management = inline.formset.management_form
        form |= {management.add_prefix(name): value for name, value in management.initial.items()}
    assert client.post(address, form | changed).status_code == 302


def test_a_name_that_was_changed_in_the_console_reaches_the_phone(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    edited(shop, card, last_name="Weber-Thill")
    assert shown(phone)["storeCard"]["secondaryFields"][1]["value"] == "Anouk Weber-Thill"


def test_a_changed_telephone_sends_nothing(
    phone: IPhone, apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    edited(shop, card, phone="+352621123456")
    deliver()
    assert apns.tokens == []


def test_points_that_expire_from_now_on_say_so_on_the_pass(
    phone: IPhone, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        points.earn(store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=1000)
    assert "expires" not in {each["key"] for each in shown(phone)["storeCard"]["auxiliaryFields"]}
    with factories.inside(shop):
        programs.change(
            program_id=shop.program.pk,
            actor=factories.actor("owner"),
            confirm=True,
            points_expiration_days=365,
        )
    assert "expires" in {each["key"] for each in shown(phone)["storeCard"]["auxiliaryFields"]}
