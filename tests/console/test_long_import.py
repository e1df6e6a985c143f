"""Long imports: looked at and checked by a worker, confirmed by whoever asked, and brought over by a worker, once."""

import io
from typing import Any

import pytest
from django.http import HttpResponse
from openpyxl import Workbook
from pytest_django import Settings

from customers.models import Customer
from groundwork.formats import spreadsheets
from groundwork.jobs import service as jobs
from loyalty.imports import checking, importing, packing
from loyalty.imports.plan import Person
from loyalty.models import ImportBatch, LoyaltyCard
from loyalty.reporting import verification
from tenancy.models import BackgroundJob, FilePiece, HistoryEntry, StoreUser
from tests import factories
from tests.console.bringing import card_of, choose, faults
from tests.console.bringing import upload as choose_file
from tests.console.world import World, address

LINES = 25


@pytest.fixture(autouse=True)
def many_lines_are_few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BACKGROUND_ROWS = 2
    monkeypatch.setattr(checking, "PART", 10)
    monkeypatch.setattr(importing, "CHUNK", 10)


def text(lines: int = LINES, **bad: str) -> str:
    """A file of so many people with two stamps each; `bad` is what stands in a line in place of the right one."""
    rows = [bad.get(f"line_{n}", f"person{n}@example.com,Person {n},2") for n in range(2, lines + 2)]
    return "\n".join(["email,name,stamps", *rows, ""])


def look(world: World, content: str | bytes) -> BackgroundJob:
    """Choose a long file; the page that this leads to is that of a job."""
    page = choose_file(world, content)
    return BackgroundJob.objects.get(pk=page.context["job"].pk)


def upload(world: World, content: str | bytes) -> BackgroundJob:
    """The same, and take its columns as they are guessed."""
    job = look(world, content)
    assert jobs.run_due() == 1
    choose(world, preview(world, job))
    return job


def preview(world: World, job: BackgroundJob, who: str = "owner") -> HttpResponse:
    return world.client(who).get(address(job), follow=True)


def confirm(world: World, job: BackgroundJob, **fields: object) -> HttpResponse:
    page = preview(world, job)
    return world.client("owner").post(page.request["PATH_INFO"], fields, follow=True)


def people(world: World) -> int:
    with factories.inside(world.shop):
        return Customer.objects.filter(email__startswith="person").count()


def test_a_long_file_is_checked_by_a_worker_and_then_shown(world: World) -> None:
    job = look(world, text())
    assert (job.kind, job.state) == ("look", "waiting")
    assert jobs.run_due() == 1
    choose(world, preview(world, job))
    job.refresh_from_db()
    assert (job.kind, job.state) == ("check", "waiting")
    assert jobs.run_due() == 1
    page = preview(world, job)
    assert {name: figure for name, figure in page.context["figures"].items() if figure} == {
        "lines": 25,
        "new_customers": 25,
        "new_cards": 25,
        "balances": 25,
        "stamps": 50,
    }
    assert "Import 25 lines" in page.content.decode()
    assert people(world) == 0


def test_it_is_brought_over_by_a_worker_once_it_is_confirmed(world: World) -> None:
    job = upload(world, text())
    jobs.run_due()
    assert "It begins as soon as it is its turn." in confirm(world, job).content.decode()
    assert people(world) == 0
    assert jobs.run_due() == 1
    assert people(world) == LINES
    page = preview(world, job).content.decode()
    assert "25 new people, 25 cards, 25 balances (50 stamps, 0 points)" in page
    assert card_of(world, "person26@example.com").stamp_count == 2
    job.refresh_from_db()
    assert (job.kind, job.state, job.done, job.total, job.file_size) == ("import", "done", 25, 25, 0)
    assert not FilePiece.objects.filter(job=job).exists()
    with factories.inside(world.shop):
        entry = HistoryEntry.objects.order_by("-id")[0]
        assert not list(verification.differences())
    assert (entry.user, entry.name, entry.merchant) == (world.shop.owner, "Cards", world.shop.merchant)
    store = world.shop.store.name
    said = f"Import, {store}: 25 cards were made, 25 balances were brought over."
    assert entry.message == [{"said": said}]


def test_three_bad_lines_among_many_are_named_and_the_others_are_brought_in(world: World) -> None:
    bad = {
        "line_3": "nobody,Ben,1",
        "line_14": "c@example.com,Carl,many",
        "line_26": "PERSON2@example.com,Twice,1",
    }
    job = upload(world, text(**bad))
    jobs.run_due()
    page = preview(world, job)
    assert faults(page) == [(3, "email"), (14, "stamps"), (26, "email")]
    assert page.context["faults"][2].text == "This address stands in line 2 already."
    confirm(world, job)
    assert jobs.run_due() == 1
    assert people(world) == LINES - 3


def test_of_very_many_faults_the_first_two_hundred_are_shown(world: World) -> None:
    job = upload(world, "email\n" + "nobody\n" * 210)
    jobs.run_due()
    page = preview(world, job)
    assert (len(page.context["faults"]), page.context["fault_count"]) == (200, 210)


def test_faulty_lines_are_sent_while_they_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100,000 of them nobody waits for the last one, and no process holds them all."""
    monkeypatch.setattr(spreadsheets, "PART", 100)
    read, rows = list[int](), packing.rows
    monkeypatch.setattr(packing, "rows", lambda file: (read.append(row.number) or row for row in rows(file)))
    job = upload(world, text(**{f"line_{n}": "nobody,Ben,1" for n in range(2, LINES + 2)}))
    jobs.run_due()
    page = preview(world, job).request["PATH_INFO"]
    read.clear()
    sent = iter(world.client("owner").get(f"{page}faults/").streaming_content)
    first = next(sent).decode("utf-8-sig")
    assert first.startswith(
        "email,name,stamps,Line,What is wrong\r\nnobody,Ben,1,2,email: This is no e-mail address."
    )
    assert len(read) < 5
    assert len((first + b"".join(sent).decode()).splitlines()) == LINES + 1


def test_an_import_counts_the_lines_that_are_brought_over(world: World) -> None:
    """Not all of its file: the bar would jump to its end from where the faulty ones begin."""
    job = upload(world, text(line_3="nobody,Ben,1", line_4="nobody,Ben,1"))
    jobs.run_due()
    confirm(world, job)
    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", LINES - 2, LINES - 2)


def test_uploaded_twice_and_confirmed_twice_it_is_there_once(world: World) -> None:
    first, second = upload(world, text()), look(world, text())
    assert jobs.run_due() == 2
    choose(world, preview(world, second))
    jobs.run_due()
    for job in (first, second, first):
        confirm(world, job)
    assert jobs.run_due() == 2
    assert people(world) == LINES
    with factories.inside(world.shop):
        cards = LoyaltyCard.objects.filter(customer__email__startswith="person")
        assert set(cards.values_list("stamp_count", flat=True)) == {2}
        assert cards.count() == LINES
    assert "0 new people, 0 cards, 0 balances" in preview(world, second).content.decode()


def test_known_people_get_their_balance_in_the_end(world: World) -> None:
    known = [factories.card(world.shop.store, email=f"person{n}@example.com") for n in (30, 12, 5)]
    job = upload(world, text(lines=40))
    jobs.run_due()
    confirm(world, job)
    jobs.run_due()
    assert people(world) == 40
    assert [factories.fresh(card).stamp_count for card in known] == [2, 2, 2]
    with factories.inside(world.shop):
        assert not list(verification.differences())


def test_a_card_that_is_switched_off_at_the_last_moment_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line is looked at once more, and all others of its chunk are brought over."""
    card = factories.card(world.shop.store, email="person26@example.com")
    job = upload(world, text())
    jobs.run_due()
    confirm(world, job)
    foresee = importing.foresee

    def and_then_it_is_switched_off(**which: Any) -> list[Person]:
        plan = foresee(**which)
        LoyaltyCard.objects.filter(pk=card.pk, is_active=True).update(is_active=False)
        return plan

    monkeypatch.setattr(importing, "foresee", and_then_it_is_switched_off)
    jobs.run_due()
    job.refresh_from_db()
    assert job.state == "done"
    assert people(world) == LINES
    assert (factories.fresh(card).stamp_count, card_of(world, "person25@example.com").stamp_count) == (0, 2)
    with factories.inside(world.shop):
        assert ImportBatch.objects.get(job_id=job.pk).figures["left_out"] == 1


def test_who_is_no_owner_any_more_imports_nothing(world: World) -> None:
    checked, confirmed = upload(world, text()), look(world, text())
    assert jobs.run_due() == 2
    choose(world, preview(world, confirmed))
    jobs.run_due()
    confirm(world, confirmed)
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.owner).update(role="manager")
    jobs.run_due()
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.file_size) == ("failed", 0)
    assert confirmed.error == "You have another role now: this is no longer yours to see or to do."
    assert preview(world, checked).status_code in (403, 404)
    assert people(world) == 0


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("email\n" + ",\n" * 5, "There is nobody in this file."),
        (b"\x00" + b"\n" * 5, "This file cannot be read."),
    ],
)
def test_a_long_file_that_is_no_table_says_so_on_its_page(
    world: World, content: str | bytes, why: str
) -> None:
    job = look(world, content)
    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.file_size) == ("failed", 0)
    assert why in preview(world, job).content.decode()


def test_a_preview_that_is_too_old_leads_nowhere(world: World) -> None:
    job = upload(world, text())
    jobs.run_due()
    page = preview(world, job).request["PATH_INFO"]
    job.refresh_from_db()
    jobs.clean(now=job.expires_at)
    BackgroundJob.objects.filter(pk=job.pk).update(expires_at=job.created_at)
    response = world.client("owner").post(page, follow=True)
    assert "This preview is too old. Please choose the file again." in response.content.decode()
    assert jobs.run_due() == 0
    assert people(world) == 0


def test_a_long_workbook_is_read_line_by_line(world: World) -> None:
    book = Workbook()
    book.active.append(["Email", "Stempel"])
    for number in range(LINES):
        book.active.append([f"person{number}@example.com", number])
    buffer = io.BytesIO()
    book.save(buffer)
    job = upload(world, buffer.getvalue())
    jobs.run_due()
    confirm(world, job)
    jobs.run_due()
    assert people(world) == LINES
    assert card_of(world, "person24@example.com").stamp_count == 24
