"""The files of background jobs, in pieces in the database: written, read and sent in constant memory."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from tenancy.models import BackgroundJob, FilePiece

PIECE_BYTES = 512 * 1024
IN_MEMORY = 2_000_000


def store(job: BackgroundJob, file: IO[bytes]) -> None:
    """Keep a file, from its beginning, in place of what the job had. Call it inside a transaction."""
    remove(job)
    file.seek(0)
    size = 0
    while data := file.read(PIECE_BYTES):
        FilePiece.objects.create(job=job, number=size // PIECE_BYTES, data=data)
        size += len(data)
    _note_size(job, size)


def remove(job: BackgroundJob) -> None:
    """Remove a job's file, if it has one. Call it inside a transaction."""
    FilePiece.objects.filter(job=job).delete()
    _note_size(job, 0)


def _note_size(job: BackgroundJob, size: int) -> None:
    BackgroundJob.objects.filter(pk=job.pk).update(file_size=size)
    job.file_size = size


def pieces(job: BackgroundJob) -> Iterator[bytes]:
    """A job's file, piece by piece; it ends early if the file is removed meanwhile."""
    for number in range(-(-job.file_size // PIECE_BYTES)):
        found = FilePiece.objects.filter(job=job, number=number).values_list("data", flat=True).first()
        if found is None:
            return
        yield bytes(found)


def opened(job: BackgroundJob) -> IO[bytes]:
    """A copy of a job's file to read in, which goes when it is closed."""
    copy: Any = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    for piece in pieces(job):
        copy.write(piece)
    copy.seek(0)
    return copy
