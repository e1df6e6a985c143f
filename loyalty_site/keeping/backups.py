"""Backups in their place: made, listed, looked through, brought back, and removed when their days are over."""

import hmac
import io
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage, storages
from django.db import connection
from django.utils import timezone

from groundwork.watching import pulses
from loyalty_site.keeping import LAST_BACKUP, KeepingFault, files, in_words, places, sealed
from loyalty_site.keeping.databases import Database

logger = logging.getLogger(__name__)

PLACE = "backups"
DATABASE, FILES, MANIFEST = "database", "files", "manifest.json"
FORMAT = 1
STAMP = "%Y%m%dT%H%M%SZ"
UNFINISHED = timedelta(days=1)  # after which parts without a manifest are what a killed backup left


@dataclass(frozen=True)
class Backup:
    """One that is there, by its manifest, which our key has proved."""

    name: str
    made_at: datetime
    parts: dict[str, dict[str, Any]]
    salt: bytes


class Sealed(File):
    """A stream as Django's storages take it, that remembers its length and its checksum."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__(io.BufferedReader(files.Flow(self._counted(pieces)), self.DEFAULT_CHUNK_SIZE))
        self.length, self.checksum = 0, sha256()

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.length += len(piece)
            self.checksum.update(piece)
            yield piece


def is_set_up() -> bool:
    """Whether there is a place for backups."""
    return PLACE in settings.STORAGES


def place() -> Storage:
    """Where backups are. Raises KeepingFault where none is set."""
    if not is_set_up():
        raise KeepingFault(
            "There is no place for backups: set BACKUP_FOLDER or BACKUP_S3. See docs/deploy.md."
        )
    return storages[PLACE]


def secret() -> str:
    """What backups are encrypted by. Raises KeepingFault if there is none, or if it can be guessed."""
    path = settings.BACKUP_KEY_FILE
    try:
        text = Path(path).read_text().strip() if path else settings.BACKUP_KEY
    except (OSError, UnicodeDecodeError):
        raise KeepingFault(f"BACKUP_KEY_FILE: {path} cannot be read.") from None
    if len(text) < 50 or len(set(text)) < 5:
        raise KeepingFault("Set BACKUP_KEY, or BACKUP_KEY_FILE, to at least 50 random characters.")
    return text


# --- Made -------------------------------------------------------------------------------------------------


@in_words()
def make() -> Backup:
    """Keep the database and all files. Raises KeepingFault; what is half made is no backup."""
    store, key, salt = place(), secret(), secrets.token_bytes(16)
    made_at = timezone.now()
    name = f"{made_at.astimezone(UTC):{STAMP}}-{secrets.token_hex(3)}"
    # The database first: what is uploaded meanwhile is a file too many, and never one too few.
    sources: dict[str, Callable[[], Iterable[bytes]]] = {
        DATABASE: Database(connection.settings_dict).poured_out,
        FILES: lambda: files.packed(default_storage),
    }
    parts = {
        part: _save(store, f"{name}/{part}", sealed.seal(source(), sealed.derived(key, salt, part)))
        for part, source in sources.items()
    }
    said = {"format": FORMAT, "made_at": made_at.isoformat(), "salt": salt.hex(), "parts": parts}
    said |= {"key": _which_key(key, salt)}
    said |= {"proof": _proof(said, key, salt)}
    store.save(f"{name}/{MANIFEST}", ContentFile(json.dumps(said, indent=1).encode()))
    remove_old(store, now=made_at)
    pulses.beat(LAST_BACKUP)
    return Backup(name, made_at, parts, salt)


def _save(store: Storage, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    stream = Sealed(pieces)
    try:
        store.save(name, stream)
    except OSError as error:
        raise KeepingFault(f"The backup could not be written: {error.strerror or error}") from None
    return {"bytes": stream.length, "sha256": stream.checksum.hexdigest()}


def _which_key(key: str, salt: bytes) -> str:
    return sealed.derived(key, salt, "which key")[:8].hex()


def _proof(said: dict[str, Any], key: str, salt: bytes) -> str:
    text = json.dumps({name: value for name, value in said.items() if name != "proof"}, sort_keys=True)
    return hmac.new(sealed.derived(key, salt, "manifest"), text.encode(), sha256).hexdigest()


# --- Listed, and removed ----------------------------------------------------------------------------------


@in_words()
def listed(store: Storage) -> list[str]:
    """The names of all backups, oldest first."""
    return [name for name in _folders(store) if store.exists(f"{name}/{MANIFEST}")]


def _folders(store: Storage) -> list[str]:
    try:
        return sorted(name for name in store.listdir("")[0] if _time_of(name))
    except FileNotFoundError:
        return []


def _time_of(name: str) -> datetime | None:
    """When a folder of ours was begun; None for anybody else's."""
    try:
        return datetime.strptime(name.partition("-")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def remove_old(store: Storage, *, now: datetime) -> None:
    """Remove backups older than settings.BACKUP_DAYS, but never the newest, and what killed ones left."""
    whole = listed(store)
    for name in _folders(store):
        begun = _time_of(name)
        longest = timedelta(days=settings.BACKUP_DAYS) if name in whole else UNFINISHED
        if begun is None or now - begun <= longest or name == whole[-1]:
            continue
        for file in sorted(
            store.listdir(name)[1], key=lambda file: file != MANIFEST
        ):  # first, so that it is none
            store.delete(f"{name}/{file}")
        store.delete(name)


# --- Looked through, and brought back ---------------------------------------------------------------------


@in_words()
def find(name: str | None) -> Backup:
    """A backup by its name, or the newest, with both parts as they were made.

    Raises KeepingFault: there is none, another key made it, or it was changed or cut off.
    """
    store, key = place(), secret()
    names = listed(store)
    if not names or (name and name not in names):
        raise KeepingFault(f"There is no backup {name}." if name else "There is no backup yet.")
    backup = _read(store, name or names[-1], key)
    for part, told in backup.parts.items():
        stream = Sealed(_chunks(store, f"{backup.name}/{part}"))
        for _piece in stream.chunks():
            pass
        if (stream.length, stream.checksum.hexdigest()) != (told["bytes"], told["sha256"]):
            raise KeepingFault(f"{backup.name}/{part} is not as it was made: it was changed or cut off.")
    return backup


def _read(store: Storage, name: str, key: str) -> Backup:
    changed = KeepingFault(f"{name}/{MANIFEST} is not as it was made: it was changed or cut off.")
    try:
        with store.open(f"{name}/{MANIFEST}") as file:
            said = json.loads(file.read())
        salt, which, proof = bytes.fromhex(said["salt"]), said["key"], said["proof"]
    except (ValueError, KeyError, TypeError):
        raise changed from None
    if which != _which_key(key, salt):
        raise KeepingFault(f"{name} was made with another key: set BACKUP_KEY to the one of that time.")
    if not hmac.compare_digest(str(proof), _proof(said, key, salt)):
        raise changed
    return Backup(name, datetime.fromisoformat(said["made_at"]), said["parts"], salt)


def _chunks(store: Storage, name: str) -> Iterator[bytes]:
    try:
        with store.open(name) as file:
            yield from file.chunks()
    except FileNotFoundError:
        return  # of length 0, which no part has


@in_words()
def restore(backup: Backup, *, into: str, media: Path | Storage | None) -> int:
    """Bring a backup back, wholly or not at all; returns how many files there were.

    Args:
        backup: as `find` gave it.
        into: the postgresql:// address of an empty database.
        media: a folder that is not there yet, or is empty; a storage that is; None: files are only looked through.

    Raises KeepingFault: the database or the place is not empty, or PostgreSQL or the storage refuses.
    """
    database = Database.at(into)
    database.refuse_unless_empty()
    with places.new(media) as storage, files.unpacked(_opened(backup, FILES), storage) as count:
        database.pour_in(_opened(backup, DATABASE))
    return count


def _opened(backup: Backup, part: str) -> Iterator[bytes]:
    key = sealed.derived(secret(), backup.salt, part)
    return sealed.unseal(_chunks(place(), f"{backup.name}/{part}"), key)
