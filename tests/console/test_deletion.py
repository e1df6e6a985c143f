"""Deleting and restoring in the console: soft, counted, by whom, and exactly back."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin

from customers import services as customers
from groundwork.models import SoftDeletable
from loyalty.models import LoyaltyCard, PointsReward, StaffPin
from notifications.models import EmailTemplate
from tenancy.models import HistoryEntry, Store, StoreUser
from tests import factories
from tests.console.world import World, address, filled, list_address, said


def delete(world: World, row: SoftDeletable, who: str = "owner") -> None:
    world.client(who).post(address(row, "delete"), {"post": "yes"})


def test_the_confirmation_counts_what_goes_along(world: World) -> None:
    page = world.client("owner").get(address(world.shop.store, "delete"))
    # an owner, a manager and a staff member, and one PIN; the cards are valid everywhere and stay
    assert dict(page.context["model_count"]) == {"stores": 1, "store users": 3, "staff PINs": 1}


def test_a_deleted_store_is_hidden_and_says_who_deleted_it(world: World) -> None:
    delete(world, world.shop.other_store)
    after = factories.fresh(world.shop.other_store)
    assert after.is_deleted
    assert after.deleted_by == world.shop.owner
    client = world.client("owner")
    assert after not in client.get(list_address(Store)).context["cl"].result_list
    listed = client.get(list_address(Store), {"deleted": "only"})
    assert list(listed.context["cl"].result_list) == [after]
    assert world.shop.owner.email in listed.content.decode()


@pytest.mark.parametrize("kind", ["loyalty_loyaltycard", "customers_customer"])
def test_who_deletes_a_row_is_back_in_the_list_as_it_was_narrowed(world: World, kind: str) -> None:
    row = world.mine[kind]
    came_from = {"_changelist_filters": "is_active__exact=1"}
    answer = world.client("owner").post(f"{address(row, 'delete')}?{urlencode(came_from)}", {"post": "yes"})
    assert answer.url == f"{list_address(type(row))}?is_active__exact=1"
    assert factories.fresh(row).is_deleted


def test_a_deleted_row_is_read_only_and_saving_does_not_bring_it_back(world: World) -> None:
    store = world.shop.other_store
    before = filled(world.client("owner").get(address(store)))
    delete(world, store)
    client = world.client("operator")
    assert client.get(address(store)).status_code == 200
    assert client.post(address(store), before | {"name": "Back again"}).status_code == 403
    after = factories.fresh(store)
    assert after.is_deleted
    assert after.name == store.name


def test_restoring_brings_back_exactly_what_went_along(world: World) -> None:
    earlier = world.mine["loyalty_staffpin"]
    delete(world, earlier, "manager")
    with factories.inside(world.shop):
        later = factories.staff_pin(world.shop.store, name="Nora")
    delete(world, world.shop.store, "operator")
    response = world.client("operator").post(address(world.shop.store, "restore"), follow=True)
    assert said(response) == ["Restored: 1 store, 3 store users, 1 staff PIN."]
    assert not factories.fresh(later).is_deleted
    assert factories.fresh(earlier).is_deleted


def test_a_row_under_a_deleted_one_says_kindly_that_it_must_wait(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    delete(world, pin)
    delete(world, world.shop.store, "operator")
    response = world.client("operator").post(address(pin, "restore"))
    assert "cannot be restored yet" in str(response.context["form"].non_field_errors())
    assert factories.fresh(pin).is_deleted


def test_a_name_that_is_taken_again_is_said_kindly(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    delete(world, pin)
    with factories.inside(world.shop):
        factories.staff_pin(world.shop.store, name=pin.name)
    response = world.client("manager").post(address(pin, "restore"))
    assert "taken again" in str(response.context["form"].non_field_errors())


def test_several_rows_are_deleted_at_once(world: World) -> None:
    with factories.inside(world.shop):
        pins = [factories.staff_pin(world.shop.store, name=name) for name in ("Ben", "Carl")]
    data = {"action": "delete_selected", "_selected_action": [pin.pk for pin in pins], "post": "yes"}
    world.client("manager").post(list_address(StaffPin), data)
    assert all(factories.fresh(pin).is_deleted for pin in pins)


def test_what_is_deleted_is_not_offered_to_be_deleted_again(world: World) -> None:
    """It led to a page that said that the account lacked the permission."""
    client, member = world.client("owner"), world.mine["tenancy_storeuser"]
    delete(world, member)
    offered = 'value="delete_selected"'
    living, deleted = (client.get(list_address(StoreUser), {"deleted": which}) for which in ("", "only"))
    assert (offered in living.content.decode(), offered in deleted.content.decode()) == (True, False)
    assert str(member.user.email) in deleted.content.decode()


def test_a_list_action_cannot_reach_rows_of_somebody_else(world: World) -> None:
    for rows in (world.theirs, world.elsewhere):
        pin = rows["loyalty_staffpin"]
        data = {"action": "delete_selected", "_selected_action": [pin.pk], "post": "yes"}
        world.client("manager").post(list_address(StaffPin), data)
        assert not factories.fresh(pin).is_deleted


def test_whoever_may_not_delete_is_not_offered_it(world: World) -> None:
    page = world.client("manager").get(list_address(LoyaltyCard))
    assert "delete_selected" not in page.content.decode()
    card = world.mine["loyalty_loyaltycard"]
    data = {"action": "delete_selected", "_selected_action": [card.pk], "post": "yes"}
    world.client("manager").post(list_address(LoyaltyCard), data)
    assert not factories.fresh(card).is_deleted


@pytest.mark.parametrize(
    "kind", ["tenancy_apikey", "loyalty_loyaltytransaction", "loyalty_merchantloyaltysettings"]
)
def test_what_is_not_soft_deleted_is_not_deleted_at_all(world: World, kind: str) -> None:
    row = world.mine[kind]
    assert world.client("operator").post(address(row, "delete"), {"post": "yes"}).status_code == 403
    assert factories.fresh(row)


# What is no record of anything: a store's own e-mail text (without it the platform's is sent again), and an address
# that is told of events (they stay in the feed).
NO_RECORDS = {"notifications.EmailTemplate", "webhooks.Endpoint", "tenancy.SavedQuestion"}


def test_no_page_of_the_console_deletes_for_good() -> None:
    for model, model_admin in admin.site._registry.items():
        if not issubclass(model, SoftDeletable) and model._meta.label not in NO_RECORDS:
            assert not model_admin.grants.delete, model


def test_an_owner_cannot_delete_the_store_that_makes_them_owner(world: World) -> None:
    page = world.client("owner").get(address(world.shop.store, "delete"))
    assert "owner at another store first" in page.content.decode()
    delete(world, world.shop.store)
    assert not factories.fresh(world.shop.store).is_deleted


def test_a_removed_reward_stays_in_the_ledger(world: World) -> None:
    with factories.inside(world.shop):
        reward = PointsReward.objects.filter(program=world.shop.program).first()
    client = world.client("owner")
    page = client.get(address(world.shop.program))
    data = filled(page)
    number = next(n for n in range(2) if data[f"rewards-{n}-id"] == reward.pk)
    client.post(address(world.shop.program), data | {f"rewards-{number}-DELETE": "on", "confirm": "on"})
    after = factories.fresh(reward)
    assert after.is_deleted
    assert after.deleted_by == world.shop.owner


def test_every_kind_that_is_soft_deleted_can_be_restored_in_the_console(world: World) -> None:
    client = world.client("operator")
    kinds = ("loyalty_loyaltycard", "customers_customer", "loyalty_loyaltyprogram", "tenancy_merchant")
    for kind in kinds:
        row = world.mine[kind]
        client.post(address(row, "delete"), {"post": "yes"})
        assert factories.fresh(row).is_deleted, kind
        client.post(address(row, "restore"))
        assert not factories.fresh(row).is_deleted, kind


def test_the_history_names_no_person(world: World) -> None:
    customer = world.mine["customers_customer"]
    client = world.client("owner")
    client.post(address(customer), filled(client.get(address(customer)), first_name="Annette"))
    client.post(address(customer, "erase"))
    with factories.inside(world.shop):
        entries = HistoryEntry.objects.filter(object_id=str(customer.pk), content_type__model="customer")
        assert [entry.name for entry in entries] == [f"#{customer.pk}"] * 2
    assert client.get(address(customer, "history")).status_code == 200


def test_an_erased_person_is_gone_and_the_ledger_stays(world: World) -> None:
    customer = world.mine["customers_customer"]
    response = world.client("owner").post(address(customer, "erase"), follow=True)
    assert said(response) == ["The person was erased."]
    after = factories.fresh(customer)
    assert (after.email, after.first_name) == (None, "")
    assert after.erased_at is not None
    assert factories.fresh(world.mine["loyalty_loyaltycard"]).stamp_count == 2


def test_what_is_kept_about_a_person_is_handed_over_as_json(world: World) -> None:
    customer = world.mine["customers_customer"]
    response = world.client("manager").get(address(customer, "export_data"))
    assert response["Content-Disposition"] == f'attachment; filename="customer-{customer.pk}.json"'
    with factories.inside(world.shop):
        kept = customers.export_person(customer=customer)
    assert response.json()["customer"]["email"] == kept["customer"]["email"]
    assert len(response.json()["cards"]) == 1


def test_the_confirmation_says_whether_there_is_a_way_back(world: World) -> None:
    client = world.client("owner")
    word = "It can be restored later"
    assert word in client.get(address(world.shop.other_store, "delete")).content.decode()
    with factories.inside(world.shop):
        text = EmailTemplate.objects.create(
            merchant=world.shop.merchant, store=world.shop.store, code="loyalty_enrollment", subject="Moien"
        )
    # an own text makes way for the platform's, and is gone
    assert word not in client.get(address(text, "delete")).content.decode()
