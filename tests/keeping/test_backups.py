"""A shop that is kept, lost and brought back; and what is not brought back, with nothing changed."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from loyalty.models import LoyaltyCard
from loyalty_site import tasks
from loyalty_site.keeping import KeepingFault, backups, databases, drill
from tests import factories
from tests.keeping.conftest import databases_of, is_empty

pytestmark = pytest.mark.django_db(transaction=True)
LOGO = b"a logo" * 100_000


def a_shop() -> LoyaltyCard:
    shop = factories.shop()
    default_storage.save("logos/bakery.png", ContentFile(LOGO))
    return factories.card(shop.store, stamps=3, email="lea@example.com")


def said(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


# --- There and back ---------------------------------------------------------------------------------------


def test_a_shop_is_kept_unreadable_and_comes_back_with_its_files(
    folder: Path, empty: str, tmp_path: Path
) -> None:
    card = a_shop()
    told = said("backup")
    (name,) = [path.name for path in folder.iterdir()]
    assert told.startswith(f"{name}: ")
    assert said("restore", "--list") == name
    files = {path.name: path for path in (folder / name).iterdir()}
    assert set(files) == {"database", "files", "manifest.json"}
    for path in files.values():
        assert path.stat().st_mode & 0o77 == 0
        assert not any(word in path.read_bytes() for word in (b"lea@example.com", b"PGDMP", b"a logo"))

    media = tmp_path / "brought back"
    told = said("restore", "--into", empty, "--media", str(media))
    assert told == (
        f"{name} is restored; 1 files are in {media}. Now: migrate, verify_ledger, verify_fairness."
    )
    assert (media / "logos/bakery.png").read_bytes() == LOGO
    with psycopg.connect(empty) as restored:
        assert restored.execute("SELECT card_number, stamp_count FROM loyalty_loyaltycard").fetchall() == [
            (card.card_number, 3)
        ]


def test_without_uploads_there_is_a_backup_too(folder: Path, empty: str) -> None:
    backup = backups.make()
    assert backups.restore(backups.find(backup.name), into=empty, media=None) == 0
    assert not is_empty(empty)


# --- Refused, with nothing changed ------------------------------------------------------------------------


def flip(path: Path) -> None:
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def another_time(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"made_at": "2020-01-01T00:00:00+00:00"}))


@pytest.mark.parametrize(
    ("part", "harm", "words"),
    [
        ("database", flip, "database is not as it was made: it was changed or cut off."),
        ("database", cut, "database is not as it was made: it was changed or cut off."),
        ("files", cut, "files is not as it was made: it was changed or cut off."),
        ("files", Path.unlink, "files is not as it was made: it was changed or cut off."),
        ("manifest.json", cut, "manifest.json is not as it was made: it was changed or cut off."),
        ("manifest.json", another_time, "manifest.json is not as it was made: it was changed or cut off."),
    ],
)
def test_what_was_changed_is_not_brought_back(
    folder: Path, empty: str, tmp_path: Path, part: str, harm: Callable[[Path], Any], words: str
) -> None:
    name = backups.make().name
    harm(folder / name / part)
    with pytest.raises(CommandError) as refused:
        call_command("restore", "--into", empty, "--media", str(tmp_path / "back"))
    assert str(refused.value) == f"{name}/{words} Nothing was changed."
    assert is_empty(empty)
    assert not (tmp_path / "back").exists()


def test_another_key_a_full_database_and_a_full_folder_are_refused(
    folder: Path, empty: str, address: str, tmp_path: Path, settings: Settings
) -> None:
    card = a_shop()
    name = backups.make().name
    with pytest.raises(CommandError, match=r"is not empty\. Make a new one, and restore into that\. Nothing"):
        call_command("restore", "--into", address, "--media", str(tmp_path / "back"))
    assert LoyaltyCard._base_manager.get().pk == card.pk
    with pytest.raises(CommandError, match=rf"The folder {folder} is not empty\. Nothing was changed\."):
        call_command("restore", "--into", empty, "--media", str(folder))
    with pytest.raises(CommandError, match=r"There is no backup 20200101T000000Z\. Nothing was changed\."):
        call_command("restore", "20200101T000000Z", "--into", empty)
    settings.BACKUP_KEY = "another" * 10
    with pytest.raises(CommandError, match=f"{name} was made with another key"):
        call_command("restore", "--into", empty, "--media", str(tmp_path / "back"))
    assert is_empty(empty)
    assert not (tmp_path / "back").exists()


def test_what_postgresql_refuses_in_the_middle_leaves_nothing(
    folder: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop()
    backups.make()
    whole = backups._opened

    def without_its_end(backup: backups.Backup, part: str) -> Any:
        *_but_the_end, last = whole(backup, part)
        yield from [*_but_the_end, last[:-100]] if part == "database" else [last]

    monkeypatch.setattr(backups, "_opened", without_its_end)
    with pytest.raises(CommandError, match=r"pg_restore failed: pg_restore: error: .* Nothing was changed\."):
        call_command("restore", "--into", empty, "--media", str(tmp_path / "back"))
    assert is_empty(empty)
    assert not (tmp_path / "back").exists()


# --- Made, or not -----------------------------------------------------------------------------------------


def test_without_a_place_or_a_key_nothing_is_made_and_the_clock_does_nothing(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(CommandError, match="set BACKUP_FOLDER"):
        call_command("backup")
    assert (tasks.back_up(), tasks.run_drill()) == (None, None)
    folder = request.getfixturevalue("folder")
    settings.BACKUP_KEY = "too short"
    with pytest.raises(CommandError, match="at least 50 random characters"):
        call_command("backup")
    settings.BACKUP_KEY_FILE = str(tmp_path / "key")
    with pytest.raises(CommandError, match=r"BACKUP_KEY_FILE: .* cannot be read"):
        call_command("backup")
    assert not folder.exists()
    (tmp_path / "key").write_text("a key in a file of its own " * 2 + "\n")
    assert tasks.back_up() in backups.listed(backups.place())


def test_a_dump_that_fails_is_no_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backups.make().name
    monkeypatch.setattr(databases, "program_for", lambda name, server: "/bin/false")
    with pytest.raises(CommandError, match="pg_dump failed: it said nothing"):
        call_command("backup")
    assert backups.listed(backups.place()) == [whole]


def test_backups_are_kept_for_their_days_the_newest_for_ever_and_what_was_killed_for_one(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases.Database, "poured_out", lambda self: iter([b"small"]))
    settings.BACKUP_DAYS = 2
    (folder / "not ours").mkdir(parents=True)
    now, names = timezone.now(), []
    for days in (5, 4, 1):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            names.append(backups.make().name)
            if days == 4:
                (folder / names[1] / "manifest.json").unlink()
    assert sorted(path.name for path in folder.iterdir()) == [names[2], "not ours"]
    backups.remove_old(backups.place(), now=now + timedelta(days=400))
    assert backups.listed(backups.place()) == [names[2]]


# --- The drill --------------------------------------------------------------------------------------------


def test_a_drill_is_green_and_leaves_nothing(folder: Path, address: str) -> None:
    a_shop()
    before = databases_of(address)
    name = backups.make().name
    assert said("drill") == f"Green: {name} is restored and verified, with 1 files."
    assert databases_of(address) == before


def test_a_drill_is_red_when_what_was_kept_is_not_right(folder: Path, address: str) -> None:
    card = a_shop()
    before = databases_of(address)
    with psycopg.connect(address) as tampered:
        tampered.execute("SET session_replication_role = replica")
        tampered.execute("UPDATE loyalty_loyaltycard SET stamp_count = 4, total_stamps_earned = 4")
    backups.make()
    with pytest.raises(CommandError, match=rf"Red: verify_ledger of what was restored fails: card {card.pk}"):
        call_command("drill")
    assert databases_of(address) == before


def test_two_drills_do_not_meet(folder: Path, address: str) -> None:
    backups.make()
    with (
        databases.scratch(address) as scratch,
        pytest.raises(KeepingFault, match=r"cannot be made: .* is being accessed"),
    ):
        drill.run()
    assert scratch.endswith("_drill")
    assert scratch.rpartition("/")[2] not in databases_of(address)
