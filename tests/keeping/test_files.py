"""Uploads that come back: each in its folder, and nowhere else."""

import io
import tarfile
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from loyalty_site.keeping import KeepingFault, files


def tar(name: str, kind: bytes = tarfile.REGTYPE) -> list[bytes]:
    """An archive with one entry."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
        entry.size = 5 if kind == tarfile.REGTYPE else 0
        archive.addfile(entry, io.BytesIO(b"Kaffi"))
    return [packed.getvalue()]


def test_an_upload_comes_back_in_its_folder(tmp_path: Path) -> None:
    with files.unpacked(tar("logos/1/cup.png"), FileSystemStorage(tmp_path)) as count:
        assert count == 1
    assert (tmp_path / "logos/1/cup.png").read_bytes() == b"Kaffi"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../cup.png", tarfile.REGTYPE),
        ("/tmp/cup-of-nobody.png", tarfile.REGTYPE),
        ("logos/../../cup.png", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("folder", tarfile.DIRTYPE),
        ("pipe", tarfile.FIFOTYPE),
    ],
)
def test_nothing_else_comes_back(tmp_path: Path, name: str, kind: bytes) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    with pytest.raises(KeepingFault), files.unpacked(tar(name, kind), FileSystemStorage(folder)):
        pass
    assert [path for path in tmp_path.rglob("*") if path != folder] == []
    assert not Path("/tmp/cup-of-nobody.png").exists()
