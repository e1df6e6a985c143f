"""The uploads as one tar, written and read as a stream."""

import io
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from django.core.files.storage import Storage

from loyalty_site.keeping import KeepingFault

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """The name of each file of a storage, in order."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever uploaded
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from names(storage, f"{folder}{name}/")


def packed(storage: Storage) -> Iterator[bytes]:
    """All files as a tar. What is deleted meanwhile is left out; files are never changed, only replaced by others.

    Raises KeepingFault if one is longer or shorter than it was said to be.
    """
    for name in names(storage):
        try:
            file = storage.open(name)
        except FileNotFoundError:
            continue
        with file:
            entry = tarfile.TarInfo(name)
            entry.size, read = file.size, 0
            yield entry.tobuf()
            for chunk in file.chunks():
                read += len(chunk)
                yield chunk
            if read != entry.size:
                raise KeepingFault(f"{name} was changed while it was read.")
            yield bytes(-read % BLOCK)
    yield END


def unpack(chunks: Iterable[bytes], folder: Path) -> int:
    """Write what was packed into a folder; returns how many files. Nothing is written outside of it.

    Raises KeepingFault for what is no file, or is elsewhere. (`tarfile` looks at that itself from Python 3.11.4 on.)
    """
    with tarfile.open(fileobj=io.BufferedReader(Flow(chunks)), mode="r|") as archive:
        count = 0
        for entry in archive:
            target = (folder / entry.name).resolve()
            if not entry.isreg() or not target.is_relative_to(folder.resolve()):
                raise KeepingFault(f"{entry.name} is no upload.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with cast(IO[bytes], archive.extractfile(entry)) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            count += 1
    return count


class Flow(io.RawIOBase):
    """Chunks, read as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = iter(chunks)
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self.rest:
            try:
                self.rest = next(self.chunks)
            except StopIteration:
                return 0
        given, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)
