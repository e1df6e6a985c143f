"""Static files travel without their comments, and otherwise as they are."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile, File

from groundwork.errors import StorageFull
from loyalty_site.storage import BareStorage, UploadStorage, without_comments

SCRIPT = """/** What it is for. */
import { a } from "./a.js";

/**
 * @param {string} b
 */
export const c = (b) => `${b} /* kept */ // kept`;
  // gone
const url = "https://example.com/"; // kept: not alone on its line
  /** @type {string} */ let d = url;
  /** The end of another. */
  d = "";
"""


def test_a_script_travels_without_the_comments_that_begin_a_line():
    assert without_comments(SCRIPT).splitlines() == [
        'import { a } from "./a.js";',
        "",
        "export const c = (b) => `${b} /* kept */ // kept`;",
        'const url = "https://example.com/"; // kept: not alone on its line',
        "let d = url;",
        '  d = "";',
    ]


def test_the_terminals_scripts_are_collected_bare():
    source = StaticFilesStorage(location=str(Path(settings.BASE_DIR) / "static"), base_url="/static/")
    bare = BareStorage(source).open("terminal/till.js").read().decode()

    assert not any(line.lstrip().startswith(("/**", "* ", "//")) for line in bare.splitlines())
    assert "export class Till {" in bare
    assert len(bare) < 0.9 * len(source.open("terminal/till.js").read())


class FullAfter(ContentFile):
    """A file whose second half finds a fault of the disk."""

    def __init__(self, fault: int) -> None:
        super().__init__(b"half a logo")
        self.fault = fault

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half a logo"
        raise OSError(self.fault, "no room")


@pytest.mark.parametrize(("fault", "told"), [(errno.ENOSPC, StorageFull), (errno.EIO, OSError)])
def test_a_file_for_which_there_is_no_room_is_refused_and_leaves_nothing(
    tmp_path: Path, fault: int, told: type[Exception]
) -> None:
    storage = UploadStorage(location=tmp_path)
    with pytest.raises(told):
        storage.save("programs/logo.png", FullAfter(fault))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert storage.save("programs/logo.png", File(ContentFile(b"a logo"))) == "programs/logo.png"
