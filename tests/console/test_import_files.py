"""What a file of customers may be: CSV of any age, a workbook, and nothing that is no table."""

import io

import pytest
from openpyxl import Workbook

from groundwork.jobs import service as jobs
from loyalty.imports import looking, tables
from tests.console.bringing import (
    GOOD,
    bring,
    card_of,
    check,
    choose,
    confirm,
    faults,
    people,
)
from tests.console.world import World, address
from tests.groundwork.test_workbooks import sheet


def test_a_workbook_is_read_like_a_csv(world: World) -> None:
    book = Workbook()
    book.active.append(["Email", "Vorname", "Points", "Stempel", "Comment"])
    book.active.append(["xlsx@example.com", "Xenia", 40, 2.0, "=1+1"])
    buffer = io.BytesIO()
    book.save(buffer)
    job = check(world, buffer.getvalue()).context["job"]
    assert (job.state, jobs.run_due()) == ("waiting", 1)
    checked = choose(world, world.client("owner").get(address(job), follow=True))
    assert checked.context["unused"] == ["Comment"]
    confirm(world, checked)
    card = card_of(world, "xlsx@example.com")
    assert (card.customer.first_name, card.points_balance, card.stamp_count) == ("Xenia", 40, 2)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n\n", "nobody"),
        (b"PK\x03\x04 not a workbook", "cannot be read"),
        (b"\x00\x01\x02", "cannot be read"),
        (b"email\n", "nobody"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(world: World, data: bytes, why: str) -> None:
    response = check(world, data)
    assert why in str(response.context["form"].errors["file"])


def test_a_file_with_too_many_lines_is_to_be_split(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LINES_AT_MOST", 2)
    assert "several files" in str(check(world, GOOD).context["form"].errors["file"])


def test_a_line_with_more_cells_than_headings_is_named(world: World) -> None:
    response = check(world, "email,name\na@example.com,Weber, Anna\nb@example.com,Ben,\n")
    assert faults(response) == [(2, "")]


def test_blank_lines_count_and_those_at_the_end_are_left_out(world: World) -> None:
    assert faults(check(world, "email,name\n,\nnobody,Ben\n\n,,,\n")) == [(3, "email")]
    assert check(world, "email,name\na@example.com,Anna\n\n,,,\n").context["figures"]["lines"] == 1


def test_a_file_of_an_older_spreadsheet_is_read(world: World) -> None:
    bring(world, "email;nom\nlea@example.com;Léa Müller\n".encode("cp1252"))
    assert card_of(world, "lea@example.com").customer.name == "Léa Müller"


def test_a_workbook_is_never_read_while_its_owner_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = people(world)

    def read(file: object) -> None:
        raise AssertionError("read in a request")

    bomb = sheet(('<row><c r="XFD1"><v>1</v></c></row>', 1)).getvalue()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "opened", read)
        job = check(world, bomb).context["job"]
    assert (job.state, jobs.run_due()) == ("waiting", 1)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "This workbook is too large. Save the sheet as CSV.")
    assert people(world) == before
