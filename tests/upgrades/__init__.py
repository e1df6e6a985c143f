"""What each release left behind: its database with a small shop, and what its code said to it in a till's hour.

python -m tests.upgrades 1.1.0        # at a release: makes the two files of this checkout, on a server of its own
"""

import gzip
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
META = re.compile(r"^\\\w+.*$", re.MULTILINE)  # for psql alone


def releases() -> list[str]:
    """Every release whose files are kept, oldest first."""
    names = [path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz")]
    kept = [name for name in names if not name.endswith(".till")]
    return sorted(kept, key=lambda name: [int(part) for part in name.split(".")])


def dump_of(release: str) -> str:
    """Statements that make the release's database anew."""
    return META.sub("", _read(f"{release}.sql.gz"))


def till_of(release: str) -> str:
    """Statements of the release's code: what its till's hour is, with the ids of its dump."""
    return _read(f"{release}.till.sql.gz")


def at_the_shop(what: str) -> list[str]:
    """The command that does something there, at DATABASE_URL: "open", "till" or "stamp"."""
    code = f"import django; django.setup(); from tests.upgrades import shop; shop.run({what!r})"
    return [sys.executable, "-c", code]


def _read(name: str) -> str:
    return gzip.decompress((FOLDER / name).read_bytes()).decode()
