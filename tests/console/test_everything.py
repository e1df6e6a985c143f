"""One button takes everything of a merchant along: nothing of anybody else's, and nothing that opens a door."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.db.models import CharField, Model
from django.http import HttpResponse
from django.utils import timezone
from jsonschema import Draft202012Validator
from pytest_django import Settings

from customers import services as customers
from customers.models import Customer
from groundwork.jobs import files, service
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty_site.everything import tables, writing
from loyalty_site.everything.links import without_links
from notifications.models import EmailLog
from tenancy import scope
from tenancy.models import BackgroundJob
from tests import factories
from tests.console.world import World, address

OURS = ("tenancy", "customers", "loyalty", "notifications", "wallet", "webhooks")
# Parts of the names of columns that may hold what opens something; these hold nothing of the kind.
SUSPICIOUS = ("token", "hash", "secret", "key", "auth", "password")
HARMLESS = {
    "loyalty.ImportedPerson.key",  # finds a line of a file again
    "loyalty.Purchase.reference_key",
    "loyalty.LoyaltyTransaction.api_key",
    "loyalty.MerchantLoyaltySettings.log_ip_addresses",
    "notifications.EmailLog.dedup_key",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def of_a_merchant(model: type[Model]) -> bool:
    return model._meta.label == "tenancy.Merchant" or any(f.name == "merchant" for f in model._meta.fields)


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS and of_a_merchant(model)]


def ask(world: World, who: str = "owner") -> HttpResponse:
    return world.client(who).post(address(world.shop.merchant, "export_everything"), follow=True)


def newest() -> BackgroundJob:
    return BackgroundJob._base_manager.latest("pk")


def opened(world: World) -> zipfile.ZipFile:
    """Everything, asked for and made."""
    ask(world)
    assert service.run_due() == 1
    job = newest()
    assert (job.state, job.error) == ("done", "")
    return zipfile.ZipFile(files.opened(job))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(archive.read(f"json/{name}.json"))
    return rows


def as_csv(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"csv/{name}.csv").decode("utf-8-sig"))))


# --- What is in it ----------------------------------------------------------------------------------------


def test_every_table_of_merchants_is_exported_or_named_with_the_reason_why_not() -> None:
    exported = {each.label for each in tables.TABLES}
    assert exported | set(tables.LEFT_OUT) == {model._meta.label for model in ours()}
    assert exported & set(tables.LEFT_OUT) == set()
    assert all(tables.LEFT_OUT.values())


def test_no_column_that_looks_like_a_secret_is_exported() -> None:
    suspicious = {
        f"{each.label}.{field.name}"
        for each in tables.TABLES
        for _name, field in each.fields()
        if isinstance(field, CharField) or field.get_internal_type() == "TextField"
        if any(part in field.name for part in SUSPICIOUS)
    }
    assert suspicious <= HARMLESS
    for label, names in tables.SECRET.items():
        assert names <= {field.name for field in apps.get_model(label)._meta.fields}


def test_it_holds_every_row_of_the_merchant_and_none_of_another(world: World) -> None:
    with opened(world) as archive:
        assert archive.testzip() is None
        for each in tables.TABLES:
            with scope.everything("a test counts"):
                count = each.rows(world.shop.merchant.pk).count() - (each.name == "history")  # of the export
            rows = table(archive, each.name)
            assert (each.name, len(rows)) == (each.name, count)
            assert len(as_csv(archive, each.name)) == count
            whose = "id" if each.name == "merchant" else "merchant_id"
            assert {row[whose] for row in rows} <= {world.shop.merchant.pk}
        assert len(table(archive, "transactions")) > 0
        readme = archive.read("README.md").decode()
        assert f"# {world.shop.merchant.name}" in readme
        assert "| customers | " in readme


def test_it_is_as_its_schema_says(world: World) -> None:
    with opened(world) as archive:
        schema = json.loads(archive.read("schema.json"))
        Draft202012Validator.check_schema(schema)
        whole = {each.name: table(archive, each.name) for each in tables.TABLES}
    faults = [error.message for error in Draft202012Validator(schema).iter_errors(whole)]
    assert faults == []
    assert list(Draft202012Validator(schema).iter_errors({"cards": [{"id": "1"}]}))


def test_numbers_are_numbers_and_moments_stand_there_in_utc_and_by_the_clock_of_the_shop(
    world: World,
) -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        card = factories.card(world.shop.store, "ana@example.com", cents=1_234, name='=HYPERLINK("x")')
    with opened(world) as archive:
        (line,) = (
            row
            for row in table(archive, "transactions")
            if row["card_id"] == card.pk and row["transaction_type"] == "points_earned"
        )
        (in_csv,) = (row for row in as_csv(archive, "transactions") if row["id"] == str(line["id"]))
        (person,) = (row for row in table(archive, "customers") if row["id"] == card.customer_id)
        (in_sheet,) = (row for row in as_csv(archive, "customers") if row["id"] == str(card.customer_id))
    assert (line["purchase_amount_cents"], in_csv["purchase_amount_cents"]) == (1_234, "1234")
    assert line["transaction_at"] == in_csv["transaction_at"] == "2026-07-01T22:30:00Z"
    assert line["transaction_at_local"] == "2026-07-02T00:30:00+02:00"
    assert person["first_name"] == '=HYPERLINK("x")'
    assert in_sheet["first_name"] == '\'=HYPERLINK("x")'


def test_pictures_come_along_and_what_opens_something_does_not(world: World) -> None:
    card = world.mine["loyalty_loyaltycard"]
    assert isinstance(card, LoyaltyCard)
    with factories.inside(world.shop):
        program = LoyaltyProgram.objects.get()
        program.logo.save("logo.png", ContentFile(b"a picture"))
        EmailLog.objects.create(
            merchant=world.shop.merchant,
            store=world.shop.store,
            customer=card.customer,
            card=card,
            code="loyalty_enrollment",
            to="anna@example.com",
            body=f"Your card: https://shop.example/card/{card.access_token}/",
            dedup_key="one",
            status="sent",
            sent_at=timezone.now(),
        )
    with opened(world) as archive:
        assert archive.read(f"files/{program.logo.name}") == b"a picture"
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
        assert any("https://shop.example/…" in row["body"] for row in table(archive, "emails"))
    assert card.access_token not in everything
    assert world.shop.owner.password not in everything
    assert world.shop.owner.email in everything


def test_a_link_keeps_its_host_alone() -> None:
    assert without_links("a https://x.example/card/abc?q=1, b http://y.example/") == (
        "a https://x.example/… b http://y.example/…"
    )


def test_rows_are_read_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 2)
    with factories.inside(world.shop):
        ids = list(LoyaltyTransaction.objects.order_by("pk").values_list("pk", flat=True))
    assert len(ids) == 3
    counted: list[int] = []
    with (
        factories.inside(world.shop),
        writing.write(world.shop.merchant, counted.append) as file,
        zipfile.ZipFile(file) as archive,
    ):
        assert [row["id"] for row in table(archive, "transactions")] == ids
        assert max(counted) == 2
        assert sum(counted) == writing.count(world.shop.merchant)


# --- Who gets it, and for how long ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "staff", "stranger", "anonymous"])
def test_nobody_but_the_owner_gets_it(world: World, who: str) -> None:
    ask(world, who)
    assert not BackgroundJob._base_manager.filter(kind="whole").exists()


def test_whoever_is_no_owner_any_more_gets_nothing(world: World) -> None:
    ask(world)
    with factories.inside(world.shop):
        world.shop.owner.store_users.update(role="accountant")
    assert service.run_due() == 1
    assert (newest().state, newest().file_size) == ("failed", 0)


def test_it_goes_after_some_hours_and_when_somebody_is_erased(world: World, settings: Settings) -> None:
    with opened(world):
        job = newest()
    download = address(job, "download")
    assert world.client("owner").get(download)["Content-Type"] == "application/zip"
    assert world.client("operator").get(download).status_code in (302, 404)
    with time_machine.travel(timezone.now() + timedelta(hours=settings.JOB_FILE_HOURS, minutes=1)):
        assert world.client("owner").get(download).status_code in (302, 404)
    with factories.inside(world.shop):
        customers.erase_person(customer=Customer.objects.all()[0])
    assert newest().file_size == 0
