"""The API's document as it was at each release, without its words."""

import gzip
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
WORDS = ("description", "summary", "example")  # which may change


def released() -> dict[str, Any]:
    """The document of the last release."""
    newest = max(FOLDER.glob("*.json.gz"), key=lambda path: [int(part) for part in path.name.split(".")[:3]])
    return json.loads(gzip.decompress(newest.read_bytes()))


def keep(version: str, document: dict[str, Any]) -> None:
    """Keep a document as that of a release."""
    text = json.dumps(bare(document), sort_keys=True, separators=(",", ":"))
    (FOLDER / f"{version}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def bare(part: Any) -> Any:
    """A document without its words. `description` may also be a member of an answer: that one has a schema."""
    if isinstance(part, dict):
        said = {name for name in WORDS if name == "example" or isinstance(part.get(name), str)}
        return {name: bare(inner) for name, inner in part.items() if name not in said}
    return [bare(inner) for inner in part] if isinstance(part, list) else part
