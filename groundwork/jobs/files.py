"""The files of background jobs, in pieces in the database: written, read and sent in constant memory."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from groundwork.jobs.models import AbstractBackgroundJob

PIECE_BYTES = 512 * 1024
IN_MEMORY = 2_000_000


def _pieces(job: AbstractBackgroundJob) -> Any:
    return job.pieces  # type: ignore[attr-defined]  # of the concrete table


def store(job: AbstractBackgroundJob, file: IO[bytes]) -> None:
    """Keep a file, from its beginning, in place of what the job had. Call it inside a transaction."""
    remove(job)
    file.seek(0)
    size = 0
    while data := file.read(PIECE_BYTES):
        _pieces(job).create(number=size // PIECE_BYTES, data=data)
        size += len(data)
    _note_size(job, size)


def remove(job: AbstractBackgroundJob) -> None:
    """Remove a job's file, if it has one. Call it inside a transaction."""
    _pieces(job).all().delete()
    _note_size(job, 0)


def _note_size(job: AbstractBackgroundJob, size: int) -> None:
    type(job)._base_manager.filter(pk=job.pk).update(file_size=size)
    job.file_size = size


def pieces(job: AbstractBackgroundJob) -> Iterator[bytes]:
    """A job's file, piece by piece; it ends early if the file is removed meanwhile."""
    for number in range(-(-job.file_size // PIECE_BYTES)):
        found = _pieces(job).filter(number=number).values_list("data", flat=True).first()
        if found is None:
            return
        yield bytes(found)


def opened(job: AbstractBackgroundJob) -> IO[bytes]:
    """A copy of a job's file to read in, which goes when it is closed."""
    copy: Any = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    for piece in pieces(job):
        copy.write(piece)
    copy.seek(0)
    return copy
