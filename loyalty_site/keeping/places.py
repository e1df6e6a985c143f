"""Where restored files go: a new folder, or an empty bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import FileSystemStorage, Storage

from loyalty_site.keeping import KeepingFault, files


@contextmanager
def new(wanted: Path | Storage | None) -> Iterator[Storage]:
    """A storage to fill. A folder is only there once the block has ended well; None is a place that nobody keeps.

    Raises KeepingFault if there is anything in it already.
    """
    if wanted is None:
        with TemporaryDirectory() as elsewhere:
            yield FileSystemStorage(elsewhere)
    elif isinstance(wanted, Path):
        with _new_folder(wanted) as folder:
            yield FileSystemStorage(folder)
    else:
        if next(files.names(wanted), None):
            raise KeepingFault("The bucket is not empty there.")
        yield wanted


@contextmanager
def _new_folder(wanted: Path) -> Iterator[Path]:
    """A folder to fill, that becomes the wanted one when the block ends well, and is gone otherwise."""
    if wanted.exists() and any(wanted.iterdir()):
        raise KeepingFault(f"The folder {wanted} is not empty.")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=wanted.parent) as beside:
        folder = Path(beside) / "files"
        folder.mkdir(mode=0o755)
        yield folder
        if wanted.exists():
            wanted.rmdir()
        folder.rename(wanted)
