"""Long exports: asked for, made by a worker with the roles of whoever asked, and downloaded by them alone."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pytest_django import Settings

from customers.models import Customer
from groundwork.formats import spreadsheets
from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyCard
from tenancy.models import BackgroundJob, FilePiece, HistoryEntry, StoreUser
from tests import factories
from tests.console.asking import ask, content, download
from tests.console.world import World, address, export_of, list_address, said


@pytest.fixture(autouse=True)
def everything_is_long(settings: Settings) -> None:
    settings.BACKGROUND_ROWS = 0


def at_once(world: World, settings: Settings, who: str, model: type, **query: str) -> bytes:
    """The same list, as a short one is answered."""
    settings.BACKGROUND_ROWS = 2_000
    file = content(world.client(who).get(list_address(model) + "export/csv/", query))
    settings.BACKGROUND_ROWS = 0
    return file


# --- Asking -----------------------------------------------------------------------------------------------


def test_a_long_list_is_offered_first_and_asked_for_by_a_button(world: World) -> None:
    page = world.client("owner").get(list_address(Customer) + "export/csv/")
    assert "This list has 2 rows." in page.content.decode()
    assert BackgroundJob.objects.filter(state="waiting").count() == 0
    job = ask(world, "owner", Customer)
    assert (job.kind, job.state, job.user) == ("export", "waiting", world.shop.owner)
    page = world.client("owner").get(address(job))
    assert "It begins as soon as it is its turn." in page.content.decode()


def test_the_page_of_a_job_follows_it_with_script_and_without(world: World) -> None:
    job = ask(world, "owner", Customer)
    BackgroundJob.objects.filter(pk=job.pk).update(
        state="running", leased_until=timezone.now(), done=1_200, total=5_000
    )
    page = world.client("owner").get(address(job)).content.decode()
    assert '<progress aria-labelledby="job-words" value="1200" max="5000">' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    now = world.client("owner").get(address(job, "progress")).json()
    words = "Rows written: 1,200 of 5,000"
    assert now == {"state": "running", "kind": "export", "done": 1200, "total": 5000, "words": words}


def test_one_person_has_so_many_under_way_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "UNDER_WAY_AT_MOST", 1)
    ask(world, "owner", Customer)
    refused = world.client("owner").post(list_address(Customer) + "export/csv/")
    assert [str(message) for message in refused.context["messages"]] == [
        "Several of your imports and exports are still under way. Please wait until one is done."
    ]
    assert BackgroundJob.objects.filter(state="waiting").count() == 1
    ask(world, "manager", Customer)


def test_a_list_that_is_too_long_for_a_sheet_is_offered_as_csv(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "XLSX_ROWS_AT_MOST", 1)
    response = world.client("owner").post(list_address(Customer) + "export/xlsx/?o=1", follow=True)
    assert response.request["PATH_INFO"] == list_address(Customer) + "export/csv/"
    assert response.request["QUERY_STRING"] == "o=1"
    assert said(response) == ["An XLSX sheet ends at 1,048,576 rows; this list is longer. Take CSV."]
    assert "Download as CSV" in response.content.decode()


def test_short_lists_need_no_worker(world: World, settings: Settings) -> None:
    assert at_once(world, settings, "owner", LoyaltyCard).startswith(b"\xef\xbb\xbfCard number")
    assert BackgroundJob.objects.filter(user=world.shop.owner).count() == 1  # the world's own


# --- The file ---------------------------------------------------------------------------------------------


def test_the_file_is_the_list_as_it_was_shown(world: World, settings: Settings) -> None:
    with factories.inside(world.shop):
        Customer.objects.filter(pk=world.mine["customers_customer"].pk).update(
            first_name="=1+1", last_name=""
        )
    email = world.elsewhere["customers_customer"].email
    for query in ({}, {"q": email}, {"o": "-2"}, {"is_active__exact": "1"}):
        job = ask(world, "owner", Customer, **query)
        assert jobs.run_due() == 1
        made = content(download(world, "owner", job))
        assert made == at_once(world, settings, "owner", Customer, **query), query
        assert (b"'=1+1" in made) == ("q" not in query)
    job.refresh_from_db()
    assert (job.state, job.total, job.done, job.error) == ("done", 2, 2, "")


def test_a_manager_gets_the_rows_of_their_store_only(world: World) -> None:
    job = ask(world, "manager", Customer)
    jobs.run_due()
    rows = list(csv.reader(io.StringIO(content(download(world, "manager", job)).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [world.mine["customers_customer"].email]


def test_a_workbook_comes_as_one_in_the_language_of_whoever_asked(world: World) -> None:
    world.shop.owner.preferred_language = "fr"
    world.shop.owner.save()
    job = ask(world, "owner", Customer, kind="xlsx")
    with translation.override("de"):
        jobs.run_due()
    response = download(world, "owner", job)
    assert response["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    made = content(response)
    assert response["Content-Length"] == str(len(made))
    sheet = load_workbook(io.BytesIO(made)).active
    assert [cell.value for cell in sheet[1]][:3] == ["Nom", "E-mail", "Téléphone"]
    assert sheet.max_row == 3


def test_a_file_of_several_pieces_arrives_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundwork.jobs.files.PIECE_BYTES", 10)
    job = ask(world, "owner", Customer)
    jobs.run_due()
    job.refresh_from_db()
    assert FilePiece.objects.filter(job=job).count() == -(-job.file_size // 10) > 2
    assert len(content(download(world, "owner", job))) == job.file_size


def test_every_list_of_the_console_can_be_made_in_the_background(world: World, settings: Settings) -> None:
    settings.BACKGROUND_ROWS = -1  # empty lists too
    for model in admin.site._registry:
        job = jobs.run(ask(world, "operator", model))
        assert (job.state, job.error) == ("done", ""), model


def test_who_exported_what_stands_in_the_history(world: World) -> None:
    ask(world, "owner", Customer, q="anna")
    jobs.run_due()
    with factories.inside(world.shop):
        entry = HistoryEntry.objects.order_by("-id")[0]
    assert (entry.user, entry.name, entry.merchant) == (world.shop.owner, "Customers", world.shop.merchant)
    assert entry.message == [{"exported": "CSV", "by": ["Search"]}]


# --- Who may ----------------------------------------------------------------------------------------------


def lose_role(world: World) -> None:
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.manager).update(role="staff")


def test_who_lost_the_role_meanwhile_gets_no_file(world: World) -> None:
    job = ask(world, "manager", Customer)
    lose_role(world)
    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.file_size) == ("failed", 0)
    assert job.error == "You have another role now: this is no longer yours to see or to do."
    assert not FilePiece.objects.filter(job=job).exists()


def test_who_was_an_owner_and_is_a_manager_now_gets_none_of_the_owners_rows(world: World) -> None:
    asked, made = ask(world, "owner", Customer), ask(world, "owner", Customer)
    jobs.run(made)
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.owner).update(role="manager")
    assert jobs.run(asked).state == "failed"
    assert download(world, "owner", made).status_code == 404


def test_a_manager_who_became_the_owner_gets_what_they_asked_for(world: World) -> None:
    job = ask(world, "manager", Customer)
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.manager).update(role="owner")
    jobs.run_due()
    assert download(world, "manager", job).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "staff", "anonymous"])
def test_nobody_else_downloads_or_sees_it(world: World, who: str) -> None:
    job = world.mine["tenancy_backgroundjob"]
    client = world.client(who)
    for page in ("change", "progress", "download"):
        response = client.get(address(job, page))
        if who in ("staff", "anonymous"):
            assert response["Location"].startswith(reverse("admin:login"))
        else:
            assert response.status_code == 404
    if who == "stranger":
        listed = client.get(list_address(BackgroundJob)).context["cl"].result_list
        assert [row.user for row in listed] == [world.stranger.owner]


def test_the_list_shows_everybody_their_own(world: World) -> None:
    mine = export_of(world.shop.manager)
    shown = world.client("manager").get(list_address(BackgroundJob))
    assert [row.pk for row in shown.context["cl"].result_list] == [mine.pk]
    assert "loyaltycard.csv" in shown.content.decode()


# --- What is kept -----------------------------------------------------------------------------------------


def test_a_file_is_kept_for_a_day_and_its_row_for_a_week_more(world: World) -> None:
    job = ask(world, "owner", Customer)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        jobs.run_due()
        done = timezone.now()
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        jobs.clean(now=timezone.now())
        assert download(world, "owner", job).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert download(world, "owner", job).status_code == 404
        page = world.client("owner").get(address(job)).content.decode()
        assert "The file was removed" in page
        jobs.clean(now=timezone.now())
        assert not FilePiece.objects.filter(job=job).exists()
        jobs.clean(now=done + timedelta(days=8) - timedelta(seconds=1))
        assert BackgroundJob.objects.filter(pk=job.pk).exists()
        jobs.clean(now=done + timedelta(days=8))
        assert not BackgroundJob.objects.filter(pk=job.pk).exists()


def test_what_waits_is_never_cleaned_away(world: World) -> None:
    job = ask(world, "owner", Customer)
    jobs.clean(now=timezone.now() + timedelta(days=400))
    assert BackgroundJob.objects.get(pk=job.pk).state == "waiting"
