"""The uploads as one tar, written and read as a stream."""

import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage

from loyalty_site.keeping import KeepingFault, LeftBehind, in_words

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
CHUNK = 1 << 20


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


@contextmanager
def unpacked(chunks: Iterable[bytes], storage: Storage) -> Iterator[int]:
    """Keep what was packed in an empty storage; how many files. If the block fails none of them stays.

    Raises KeepingFault for what is no file, or is elsewhere (`tarfile` looks at that itself from Python 3.11.4 on);
    LeftBehind where a storage went away in the middle, and files stayed.
    """
    kept = list[str]()
    try:
        with tarfile.open(fileobj=io.BufferedReader(Flow(chunks)), mode="r|") as archive:
            for entry in archive:
                kept.append(_keep(archive, entry, storage))
        yield len(kept)
    except BaseException:
        _remove(kept, storage)
        raise


def _remove(names: Sequence[str], storage: Storage) -> None:
    for number, name in enumerate(names):
        try:
            with in_words():
                storage.delete(name)
        except KeepingFault as fault:
            left = len(names) - number
            text = f"{fault} Files of the backup that stayed there: {left}. Remove them before you try again."
            raise LeftBehind(text) from fault


def _keep(archive: tarfile.TarFile, entry: tarfile.TarInfo, storage: Storage) -> str:
    source = archive.extractfile(entry) if entry.isreg() else None
    if source is None:
        raise KeepingFault(f"{entry.name} is no upload.")
    # What cannot go back, as a tar that is a stream, says so.
    content = File(io.BufferedReader(Flow(iter(lambda: source.read(CHUNK), b""))))
    try:
        name = storage.save(entry.name, content)
    except SuspiciousFileOperation:
        raise KeepingFault(f"{entry.name} is no upload.") from None
    if name != entry.name:
        storage.delete(name)
        raise KeepingFault(f"{entry.name} is there twice.")
    return name


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
