"""The import assistant asks what only the owner knows, shows what the first lines become, and remembers the answer."""

import io

from django.http import HttpResponse
from openpyxl import Workbook

from customers.models import YEAR_UNKNOWN, Customer
from customers.services import erase_person
from groundwork.jobs import service as jobs
from loyalty.models import CardCode, ImportedPerson, LoyaltyCard, MerchantLoyaltySettings
from tenancy.models import BackgroundJob, FilePiece
from tests import factories
from tests.console.bringing import card_of, check, choose, confirm, faults, faulty_file, people, upload
from tests.console.world import World, address

TROUBLE = """Kundenliste;;;;;;;;
Stand 1.1.2026;;;;;;;;
Vorname;Name;E-Mail;Telefon;Handy;Geburtstag;Punkte;points;Stempel gesamt
Jürgen;Müller;juergen@example.com;;0352 621 123 456;31.12.;;40;900
Zoé;;zoe@example.com;621 654 321;;03/04/1990;1.234,5;;
;Schmit;;;;;;7;
Max;Weber;max@example.com;3,52E+11;;;;;
Eva;Weber;eva@example.com;;;01.01.2090;;;
Leo;Weber;leo@example.com;;;;5;7;
Mia;Weber;mia@example.com;;;;#WERT!;;
;;;;;;3;;
"""


def becomes(page: HttpResponse) -> dict[int, str]:
    return {read.number: text for read, text in page.context["rows"]}


def test_a_first_line_of_words_alone_is_headings_unless_somebody_says_that_it_is_a_person(
    world: World,
) -> None:
    file = "Anna,Klein,Bonn\nBen,Muller,Trier\n"
    page = upload(world, file)
    mapped = {"column_0": "first_name", "column_1": "last_name"}
    headed = choose(world, page, **mapped)
    assert headed.context["figures"]["new_customers"] == 1
    asked = world.client("owner").get(page.request["PATH_INFO"])
    assert "Line 1 is a person, and no headings" in asked.text
    shown = choose(world, page, **mapped, first_is_person="on", again="1")
    assert [(read.number, text) for read, text in shown.context["rows"]] == [
        (1, "Anna Klein"),
        (2, "Ben Muller"),
    ]
    everybody = choose(world, page, **mapped, first_is_person="on")
    assert (everybody.context["figures"]["new_customers"], everybody.context["unused"]) == (2, ["Column 3"])
    before = people(world)
    confirm(world, everybody)
    assert people(world) == before + 2


def test_a_file_without_headings_loses_nobody(world: World) -> None:
    """Though there is no address in it by which that would be known."""
    page = upload(world, "Anna,Klein,621 123 456,4\nBen,Muller,621 123 457,2\n")
    headings = [column.heading for column in page.context["form"].columns()]
    assert headings == ["Column 1", "Column 2", "Column 3", "Column 4"]
    mapped = {"column_0": "first_name", "column_1": "last_name", "column_3": "stamps"}
    assert choose(world, page, **mapped).context["figures"]["new_customers"] == 2


def test_a_file_with_every_kind_of_trouble_is_read_as_it_was_meant(world: World) -> None:
    before = people(world)
    page = upload(world, TROUBLE.encode("cp1252").replace(b"0352 621 123 456", b"00352 621 123 456"))
    form = page.context["form"]
    assert [form[f"column_{number}"].initial for number in range(9)] == [
        "first_name",
        "last_name",
        "email",
        "phone",
        "phone",
        "birth_date",
        "points",
        "points",
        "",
    ]
    assert (
        becomes(page)[4] == "Jürgen Müller · juergen@example.com · +352621123456 · 31 December · points: 40"
    )
    assert page.context["rules"] == [
        "Phone: the first of “Telefon”, “Handy” that is not empty.",
        "Points: “Punkte”, “points” have to agree; a line where they do not is left out.",
    ]
    assert "A total of all time is no balance." in page.content.decode()
    again = choose(world, page)
    assert "Please answer this." in str(again.context["form"].errors["answer_5"])
    assert people(world) == before
    checked = choose(world, page, answer_5="month")
    assert faults(checked) == [
        (7, "Telefon"),
        (8, "Geburtstag"),
        (9, "points"),
        (10, "Punkte"),
        (11, "E-Mail"),
    ]
    assert checked.context["unused"] == ["Stempel gesamt"]
    confirm(world, checked)
    zoe, juergen = card_of(world, "zoe@example.com"), card_of(world, "juergen@example.com")
    assert (str(zoe.customer.birth_date), zoe.points_balance, zoe.points_fraction) == (
        "1990-03-04",
        1234,
        5000,
    )
    assert (juergen.customer.name, juergen.customer.birth_date.year) == ("Jürgen Müller", YEAR_UNKNOWN)
    assert (juergen.points_balance, juergen.stamp_count) == (40, 0)
    assert people(world) == before + 3


MOMENTS = """email,date_of_birth,CONFIRM_TIME,Number
ines@example.com,1999-12-31T00:00:00+00:00,2023-05-01 10:00:00,352621123456
"""


STRANGE = """Name,Email,Stamps,Tags
Léa Muller,lea@example.com,4,"vip, gold"
"Max Roth
nora@example.com,Nora Schmit",max@example.com,5,
Total,,9,
Somme Total,,1,
"""


def test_a_customers_own_number_counts_and_not_that_of_their_parcels(world: World) -> None:
    columns = upload(world, "Email,Default Address Phone,Phone\nlea@example.com,621 123 456,621 999 999\n")
    assert (
        "Phone: the first of “Phone”, “Default Address Phone” that is not empty." in columns.content.decode()
    )
    confirm(world, choose(world, columns))
    assert card_of(world, "lea@example.com").customer.phone == "+352621999999"


def test_a_sum_is_nobody_and_no_name_goes_over_several_lines(world: World) -> None:
    columns = upload(world, STRANGE)
    assert "Léa Muller · lea@example.com · tags: vip, gold · stamps: 4" in columns.content.decode()
    checked = choose(world, columns)
    told = {fault.line: fault.text for fault in checked.context["faults"]}
    assert told == {
        3: "This goes over several lines. Perhaps a quotation mark is missing.",
        4: "This seems to be a sum and nobody's name.",
    }
    confirm(world, checked)
    assert card_of(world, "lea@example.com").stamp_count == 4
    with factories.inside(world.shop):
        assert (
            Customer.objects.filter(first_name="Somme", last_name="Total").count() == 1
        )  # there are such people
        assert not Customer.objects.filter(first_name="Total").exists()


def test_only_what_is_left_open_by_what_a_column_means_is_asked(world: World) -> None:
    """A moment is no telephone number, and of a column that is not used nobody asks how it is written."""
    page = upload(world, MOMENTS.encode())
    form = page.context["form"]
    assert [form[f"column_{number}"].initial for number in range(4)] == ["email", "birth_date", "", ""]
    assert [column.heading for column in form.columns() if column.question] == []
    assert becomes(page) == {2: "ines@example.com · 31 December 1999"}
    again = choose(world, page, column_3="phone")
    assert [column.heading for column in again.context["form"].columns() if column.question] == ["Number"]
    assert list(again.context["form"].errors) == ["answer_3"]


def test_mended_lines_are_uploaded_again_and_nothing_is_doubled(world: World) -> None:
    text = (
        "name,email,phone,stamps\nAnna,a@example.com,,3\nBen,ben(at)example.com,,4\nCleo,,,5\n=Dan,,oops,1\n"
    )
    checked = check(world, text)
    assert faults(checked) == [(3, "email"), (5, "name"), (5, "phone")]
    lines = faulty_file(world, checked)
    assert [(line["name"], line["email"], line["phone"]) for line in lines] == [
        ("Ben", "ben(at)example.com", ""),
        ("'=Dan", "", "oops"),
    ]
    confirm(world, checked)
    after = people(world)
    mended = "\n".join(
        [
            ",".join(lines[0]),
            f"Ben,ben@example.com,,4,3,{lines[0]['What is wrong']}",
            "Dan,,621123456,1,5,",
            "",
        ]
    )
    confirm(world, check(world, mended))
    assert people(world) == after + 2
    again = check(world, text.replace("ben(at)", "ben@").replace("=Dan,,oops", "Dan,,621123456"))
    figures = again.context["figures"]
    assert (figures["new_customers"], figures["known"], figures["balances_there"]) == (0, 4, 4)
    confirm(world, again)
    assert people(world) == after + 2
    assert card_of(world, "ben@example.com").stamp_count == 4
    with factories.inside(world.shop):
        assert LoyaltyCard.objects.get(customer__first_name="Cleo").stamp_count == 5


def test_what_was_said_of_a_heading_is_remembered_for_the_merchants_next_file(world: World) -> None:
    text = "email;Kontostand\na@example.com;5\n"
    page = upload(world, text)
    assert page.context["form"]["column_1"].initial == ""
    choose(world, page, column_1="points")
    assert upload(world, text).context["form"]["column_1"].initial == "points"
    with factories.inside(world.shop):
        assert MerchantLoyaltySettings.objects.get().import_columns == {
            "email": "email",
            "kontostand": "points",
        }
    with factories.inside(world.stranger):
        assert MerchantLoyaltySettings.objects.get().import_columns == {}


def test_the_columns_are_shown_again_before_anything_is_checked_and_after(world: World) -> None:
    page = upload(world, "email;Wert\na@example.com;5\n")
    shown = choose(world, page, column_1="stamps", again="1")
    assert becomes(shown) == {2: "a@example.com · stamps: 5"}
    checked = choose(world, page, column_1="stamps")
    columns = world.client("owner").get(f"{checked.request['PATH_INFO']}columns/")
    assert columns.context["form"]["column_1"].initial == "stamps"
    assert choose(world, columns, column_1="points").context["figures"]["points"] == 5
    nobody = choose(world, columns, column_0="")
    assert "one of them is needed" in str(nobody.context["form"].non_field_errors())


def test_of_a_workbook_the_sheet_with_the_people_is_chosen(world: World) -> None:
    book = Workbook()
    book.active.append(["email"])
    book.active.append(["first@example.com"])
    other = book.create_sheet("Kunden")
    other.append(["Vorname", "E-Mail", "Handy"])
    other.append(["Anna", "second@example.com", 352621123456])
    buffer = io.BytesIO()
    book.save(buffer)
    job = upload(world, buffer.getvalue()).context["job"]
    jobs.run_due()
    page = world.client("owner").get(address(job), follow=True)
    assert page.context["tables"] == ["Sheet", "Kunden"]
    columns = world.client("owner").get(f"{page.request['PATH_INFO']}?sheet=1")
    form = columns.context["form"]
    fields = {name: form[name].initial or "" for name in form.fields} | {"answer_2": "international"}
    checked = world.client("owner").post(f"{page.request['PATH_INFO']}?sheet=1", fields, follow=True)
    confirm(world, checked)
    assert card_of(world, "second@example.com").customer.phone == "+352621123456"
    with factories.inside(world.shop):
        assert not Customer.objects.filter(email="first@example.com").exists()


def test_a_card_known_by_its_code_alone_gets_its_person(world: World) -> None:
    with factories.inside(world.shop):
        known = factories.card(world.shop.store)
        Customer.objects.filter(pk=known.customer_id).update(
            email=None, first_name="", last_name="", phone=""
        )
        CardCode.objects.create(merchant=world.shop.merchant, card=known, code="4006381333931")
    confirm(world, check(world, "name,email,code\nAnna Weber,new@example.com,4006381333931\n"))
    assert card_of(world, "new@example.com").pk == known.pk


def test_erasing_somebody_reaches_what_the_assistant_keeps(world: World) -> None:
    confirm(world, check(world, "name,stamps\nAnna Weber,3\n"))
    page = upload(world, "email,name\nerika@example.com,Erika\n")
    with factories.inside(world.shop):
        row = ImportedPerson.objects.get()
        assert row.key
        erase_person(customer=row.customer)
        row.refresh_from_db()
        assert (row.key, row.filled, row.code) == ("", {}, "")
    job = BackgroundJob.objects.filter(kind="look").latest("pk")
    assert "people" not in job.outcome
    assert not FilePiece.objects.filter(job=job).exists()
    answer = world.client("owner").get(page.request["PATH_INFO"], follow=True)
    assert "erika" not in answer.content.decode().lower()
    assert "too old" in answer.content.decode()
