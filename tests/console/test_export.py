"""Lists as files: what is shown and no more, and nothing that a spreadsheet would run."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin import site
from django.contrib.admin.utils import label_for_field
from django.utils.text import capfirst
from openpyxl import load_workbook

from customers.models import Customer
from groundwork.formats import spreadsheets
from loyalty.imports.reading.cells import text_of
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Promotion, Purchase
from loyalty_site.everything import writing as everything
from tests import factories
from tests.console.world import World, list_address


def exported(world: World, who: str, model: type, **query: str) -> list[list[str]]:
    response = world.client(who).get(list_address(model) + "export/csv/", query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_manager_downloads_the_customers_of_their_store(world: World) -> None:
    mine, elsewhere = world.mine["customers_customer"], world.elsewhere["customers_customer"]
    rows = exported(world, "manager", Customer)
    assert rows[0][:3] == ["Name", "E-mail", "Phone"]
    assert [row[1] for row in rows[1:]] == [mine.email]
    assert [row[1] for row in exported(world, "owner", Customer)[1:]] == [elsewhere.email, mine.email]


def test_the_file_holds_what_the_list_was_filtered_to(world: World) -> None:
    rows = exported(world, "owner", Customer, q=world.mine["customers_customer"].email)
    assert len(rows) == 2


def test_deleted_rows_are_in_the_file_only_when_asked_for(world: World) -> None:
    customer = world.mine["customers_customer"]
    world.client("owner").post(f"/admin/customers/customer/{customer.pk}/delete/", {"post": "yes"})
    assert customer.email not in str(exported(world, "owner", Customer))
    assert customer.email in str(exported(world, "owner", Customer, deleted="only"))


def test_a_name_that_is_a_formula_is_defused(world: World) -> None:
    with factories.inside(world.shop):
        Customer.objects.filter(pk=world.mine["customers_customer"].pk).update(
            first_name='=HYPERLINK("http://evil.example")', last_name="", phone="+352621123456"
        )
    (row,) = exported(world, "manager", Customer)[1:]
    assert row[0] == '\'=HYPERLINK("http://evil.example")'
    assert row[2] == "+352621123456"


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\0=1", "\uff1d1+1"]
)
def test_no_text_begins_as_a_formula(text: str) -> None:
    assert spreadsheets.safe(text).startswith("'")


SPLIT = [
    "Anna;=cmd|' /C calc'!A0;",
    "Anna; =1+1",
    "Anna\t@SUM(A1)",
    "Anna\n+1-cmd",
    'Anna;;-cmd|"x"',
    "Anna;\uff1d1+1",
    "=1;=2",
]


@pytest.mark.parametrize("text", SPLIT)
def test_nothing_within_a_text_begins_as_a_formula_where_excel_cuts_at_semicolons(text: str) -> None:
    written = spreadsheets.write("csv", ["Number", "Name"], [[7, text], [text, "Ben"]]).read().decode()
    cells = [cell.lstrip(' "') for cell in re.split(r"[;\t\r\n]", written)]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")] == []
    assert text_of(spreadsheets.safe_in_csv(text)) == text


@pytest.mark.parametrize(
    "text", ["one; two", "5;-3", "Coffee; -2.50; +352 621 123 456", "a;b=c", "O'Neil;'t Hooft"]
)
def test_texts_with_semicolons_stay_as_they_are(text: str) -> None:
    assert (spreadsheets.safe_in_csv(text), text_of(text)) == (text, text)


def test_a_customer_whose_name_would_be_cut_into_a_formula_is_defused_in_every_file(world: World) -> None:
    name = "Anna;=cmd|' /C calc'!A0;"
    with factories.inside(world.shop):
        Customer.objects.filter(pk=world.mine["customers_customer"].pk).update(first_name=name, last_name="")
        merchant = world.shop.merchant
        with zipfile.ZipFile(everything.write(merchant)) as archive:
            whole = archive.read("csv/customers.csv").decode("utf-8-sig")
    assert (";=" in whole, ";'=cmd" in whole) == (False, True)
    (row,) = exported(world, "manager", Customer)[1:]
    assert row[0] == "Anna;'=cmd|' /C calc'!A0;"


@pytest.mark.parametrize("value", ["Anna", "+352 621 123 456", "-12.50", "2026-11-20", -3, 4.5, True])
def test_numbers_and_words_stay_as_they_are(value: object) -> None:
    assert spreadsheets.safe(value) == value


def test_a_workbook_holds_texts_and_no_formulas(world: World) -> None:
    with factories.inside(world.shop):
        Customer.objects.filter(pk=world.mine["customers_customer"].pk).update(
            first_name="=1+1", last_name=""
        )
    response = world.client("manager").get(list_address(Customer) + "export/xlsx/")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cell = sheet.cell(row=2, column=1)
    assert (cell.value, cell.data_type) == ("'=1+1", "s")


def test_a_workbook_is_opened_whatever_letters_somebody_has_in_their_name(world: World) -> None:
    with factories.inside(world.shop):
        row = Customer.objects.filter(pk=world.mine["customers_customer"].pk)
        row.update(first_name="An\ufffena\uffff", last_name="")
    response = world.client("manager").get(list_address(Customer) + "export/xlsx/")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet.cell(row=2, column=1).value == "Anna"


def test_a_file_has_all_columns_that_may_be_chosen_and_each_once(world: World) -> None:
    for model in (LoyaltyTransaction, LoyaltyCard, Customer):
        page = site.get_model_admin(model)
        header = exported(world, "owner", model)[0]
        offered = {str(capfirst(label_for_field(name, model, page))) for name in page.columns_besides}
        assert (offered - set(header), len(header)) == (set(), len(set(header)))


def test_a_file_has_amounts_as_numbers_and_the_numbers_of_its_rows(world: World) -> None:
    (line,) = (row for row in table(world, LoyaltyTransaction) if row["Amount"])
    (purchase,) = table(world, Purchase)
    (promotion,) = table(world, Promotion)
    assert line["Amount as a number"] == purchase["Amount as a number"] == "5.00"
    assert purchase["Returned as a number"] == "0.00"
    assert purchase["ID"] == str(world.mine["loyalty_purchase"].pk)
    assert purchase["Card (ID)"] == line["Card (ID)"] == str(world.mine["loyalty_loyaltycard"].pk)
    assert (promotion["Times"], promotion["Given as a number"], promotion["Cost as a number"]) == (
        "0",
        "0",
        "0.00",
    )
    response = world.client("owner").get(list_address(Promotion) + "export/xlsx/")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    kinds = {title.value: cell.data_type for title, cell in zip(*sheet.iter_rows(max_row=2), strict=True)}
    assert {kinds[name] for name in ("Times", "Cards", "Cost as a number", "ID")} == {"n"}


def test_a_file_says_each_moment_by_the_readers_clock_and_in_utc(world: World) -> None:
    before_and_after = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    with factories.inside(world.shop):
        for at in before_and_after:
            with time_machine.travel(at, tick=False):
                factories.card(world.shop.store, stamps=1)
    twice = [row for row in table(world, LoyaltyTransaction) if row["When"] == "2026-10-25 02:30:00"]
    assert {row["When (UTC)"] for row in twice} == {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}


def test_the_headings_of_a_file_are_in_the_language_of_who_asks(world: World) -> None:
    client = world.client("owner")
    client.get("/admin/?lang=de")
    for model in (LoyaltyTransaction, LoyaltyCard, Purchase, Promotion):
        answer = client.get(list_address(model) + "export/csv/", headers={"Accept-Language": "de"})
        header = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
        assert not re.search(r" id\b|number|[Cc]ard\b", header)


def table(world: World, model: type) -> list[dict[str, str]]:
    header, *rows = exported(world, "owner", model)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_kind_of_file_that_there_is_not_is_not_found(world: World) -> None:
    assert world.client("owner").get(list_address(LoyaltyCard) + "export/exe/").status_code == 404
    query = {"stamp_count__exact": "many"}
    assert world.client("owner").get(list_address(LoyaltyCard) + "export/csv/", query).status_code in (
        302,
        400,
        404,
    )


def test_the_ledger_as_a_file_says_amounts_as_people_write_them_and_what_is_owed(world: World) -> None:
    rows = exported(world, "owner", LoyaltyTransaction)
    assert {"Amount", "Receipt number", "Stamps owed after", "Points owed after"} <= set(rows[0])
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    bought = [line for line in lines if line["Amount"]]
    assert {row["Amount"] for row in bought} == {"\u20ac5.00"}
    assert {row["Points owed after"] for row in bought} == {"0"}
