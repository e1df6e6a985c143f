"""Questions of a list are saved under names, kept or shared; and everybody sees the columns that they have chosen."""

from collections.abc import Iterator

import pytest
from django.test import Client

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy.models import ListColumns, Role, SavedQuestion
from tests import factories
from tests.console.world import World, address, filled, list_address, sign_in

LINES, CARDS, PEOPLE = map(list_address, (LoyaltyTransaction, LoyaltyCard, Customer))
ADD = list_address(SavedQuestion, "add")
UNDONE = "state=undone&transaction_type__exact=stamp_earned"


@pytest.fixture(autouse=True)
def in_the_shop(world: World) -> Iterator[None]:
    with factories.inside(world.shop):
        yield


def save(world: World, name: str, query: str = UNDONE, who: str = "owner", **more: str) -> str:
    """Where somebody is led who saves a question of the ledger."""
    client = world.client(who)
    form = filled(client.get(ADD, {"about": "loyalty.loyaltytransaction", "query": query}))
    return client.post(ADD, form | {"name": name} | more).get("Location", "")


def offered(client: Client, path: str = LINES) -> dict[str, str]:
    return {each["row"].name: each["query"] for each in client.get(path).context_data["questions"]}


def columns(client: Client, path: str = CARDS) -> list[str]:
    return [name for name in client.get(path).context_data["cl"].list_display if name != "action_checkbox"]


def test_a_question_is_saved_above_the_list_and_asked_again_with_a_click(world: World) -> None:
    assert save(world, "Undone stamps") == f"{LINES}?{UNDONE}"
    client = world.client("owner")
    assert offered(client)["Undone stamps"] == UNDONE
    shown = client.get(f"{LINES}?{UNDONE}").content.decode()
    assert 'aria-current="true">Undone stamps' in shown
    assert "Save this question" in shown
    assert "Save this question" not in client.get(LINES).content.decode()
    assert offered(client, CARDS) == {}


def test_what_was_searched_for_and_where_somebody_was_is_no_part_of_it(world: World) -> None:
    save(world, "Late", "q=Anna+Weber&p=3&after=17&recorded_offline__exact=1")
    assert SavedQuestion.objects.get(name="Late").query == "recorded_offline__exact=1"


def test_its_order_is_that_of_a_column_wherever_the_column_stands(world: World) -> None:
    client = world.client("owner")
    place = client.get(LINES).context_data["cl"].list_display.index("amount")
    save(world, "Largest", f"o=-{place}")
    assert SavedQuestion.objects.get(name="Largest").query == "o=-amount"
    client.post(f"{LINES}columns/", {"columns": ["amount", "who"]})
    now = client.get(LINES).context_data["cl"].list_display.index("amount")
    assert now != place
    assert offered(client)["Largest"] == f"o=-{now}"
    client.post(f"{LINES}columns/", {"columns": ["who"]})
    assert offered(client)["Largest"] == "o="


@pytest.mark.parametrize(
    ("about", "query"),
    [
        ("loyalty.loyaltytransaction", "pin_hash__startswith=a"),
        ("loyalty.loyaltytransaction", "staff_pin=nobody"),
        ("tenancy.user", "is_active__exact=1"),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_what_no_list_understands_is_not_saved(world: World, about: str, query: str) -> None:
    sent = {"name": "Nonsense", "about": about, "query": query}
    answer = world.client("owner").post(ADD, sent)
    assert answer.status_code == 200
    assert "Questions are saved from a list" in answer.content.decode() or not about
    assert not SavedQuestion.objects.filter(name="Nonsense").exists()


def test_ones_own_is_for_oneself_and_a_shared_one_for_everybody_of_the_merchant(world: World) -> None:
    save(world, "Mine", who="manager")
    save(world, "Ours", who="manager", is_shared="on")
    accountant = Client()
    sign_in(accountant, factories.member(world.shop.store, role=Role.ACCOUNTANT))
    assert offered(world.client("manager")).keys() == {"Mine", "Ours"}
    assert offered(accountant).keys() == {"Ours"}
    assert offered(world.client("owner")).keys() == {"Ours"}
    assert offered(world.client("stranger")) == {}


def test_only_who_saved_it_and_the_owner_may_rename_and_remove_a_shared_one(world: World) -> None:
    save(world, "Ours", who="manager", is_shared="on")
    save(world, "Owners", is_shared="on")
    ours, owners = (SavedQuestion.objects.get(name=name) for name in ("Ours", "Owners"))
    assert world.client("manager").post(address(owners, "delete"), {"post": "yes"}).status_code in (302, 404)
    assert world.client("stranger").post(address(ours), {"name": "Theirs"}).status_code in (302, 404)
    assert {row.name for row in SavedQuestion.objects.filter(is_shared=True)} == {"Ours", "Owners"}
    world.client("owner").post(
        address(ours), filled(world.client("owner").get(address(ours))) | {"name": "All"}
    )
    ours.refresh_from_db()
    assert (ours.name, ours.query, ours.user) == ("All", UNDONE, world.shop.manager)
    world.client("owner").post(address(ours, "delete"), {"post": "yes"})
    assert not SavedQuestion.objects.filter(pk=ours.pk).exists()


def test_two_of_one_name_are_refused(world: World) -> None:
    assert save(world, "Twice") == f"{LINES}?{UNDONE}"
    assert save(world, "Twice") == ""
    assert SavedQuestion.objects.filter(name="Twice").count() == 1


def test_whoever_renames_second_is_told(world: World) -> None:
    save(world, "First")
    row = SavedQuestion.objects.get(name="First")
    client = world.client("owner")
    form = filled(client.get(address(row)))
    client.post(address(row), form | {"name": "Second"})
    told = client.post(address(row), form | {"name": "Third"})
    assert "Somebody else saved this" in told.content.decode()
    row.refresh_from_db()
    assert row.name == "Second"


# --- Columns ----------------------------------------------------------------------------------------------


def test_everybody_sees_the_columns_that_they_have_chosen(world: World) -> None:
    client = world.client("owner")
    usual = columns(client)
    client.post(f"{CARDS}columns/", {"columns": ["birthday", "stamp_count"]})
    assert columns(client) == ["number", "stamp_count", "birthday"]
    assert columns(world.client("manager")) == usual
    assert columns(client, PEOPLE) == columns(world.client("manager"), PEOPLE)
    assert columns(world.client("owner")) == ["number", "stamp_count", "birthday"]
    client.post(f"{CARDS}columns/", {})
    assert columns(client) == usual
    assert not ListColumns.objects.exists()


def test_a_column_that_there_is_not_is_refused(world: World) -> None:
    answer = world.client("owner").post(f"{CARDS}columns/", {"columns": ["access_token"]})
    assert answer.status_code == 200
    assert not ListColumns.objects.exists()


def test_a_file_has_every_column_whatever_somebody_sees(world: World) -> None:
    client = world.client("owner")
    before = b"".join(client.get(f"{CARDS}export/csv/").streaming_content)
    client.post(f"{CARDS}columns/", {"columns": ["stamp_count", "email"]})
    assert b"".join(client.get(f"{CARDS}export/csv/").streaming_content) == before


@pytest.mark.parametrize("path", [CARDS, PEOPLE, LINES])
def test_every_column_that_is_offered_can_be_shown_and_sorted(world: World, path: str) -> None:
    client = world.client("owner")
    form = client.get(f"{path}columns/").context_data["form"]
    names = [name for name, _label in form.fields["columns"].choices]
    client.post(f"{path}columns/", {"columns": names})
    shown = client.get(path).context_data["cl"].list_display
    assert set(names) <= set(shown)
    for place in range(1, len(shown)):
        assert client.get(path, {"o": f"-{place}"}).status_code == 200
