"""The docs site is built, leads nowhere that is not there, and brings nothing from elsewhere; its code is code."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.sources import ROOT
from tests.test_docs import documents, unknown_commands, unknown_targets

CODE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BRINGS = {"script": "src", "img": "src", "link": "href", "iframe": "src"}
NO_FILES = {"canonical", "preconnect", "dns-prefetch"}


class Page(HTMLParser):
    """What a page loads and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.brings: list[str] = []
        self.leads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in BRINGS and given.get("rel") not in NO_FILES:
            self.brings += filter(None, [given.get(BRINGS[tag])])
        if tag == "a":
            self.leads += filter(None, [given.get("href")])


def dead(page: Path, addresses: list[str]) -> Iterator[str]:
    """Addresses of the site itself that are no file of it."""
    for address in addresses:
        parts = urlsplit(address)
        if not parts.scheme and parts.path and not (page.parent / unquote(parts.path)).exists():
            yield address


def test_the_site_is_whole_and_brings_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    there = {str(page.relative_to(tmp_path).with_suffix(".md")) for page in pages}
    here = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert {name.replace("README.md", "index.md") for name in here} <= there
    for path in pages:
        if path.name != "404.html":  # its addresses begin at the root of wherever the site will be
            page = Page(path.read_text())
            assert [address for address in page.brings if urlsplit(address).netloc] == [], path
            assert list(dead(path, [*page.brings, *page.leads])) == [], path
    styles = "".join(path.read_text() for path in tmp_path.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//|@import", styles) == []
    assert not list(tmp_path.rglob("*.py"))


def test_an_address_that_is_none_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.html").touch()
    page = Page('<a href="there.html#x"></a><a href="gone.html"></a><img src="//cdn.example/x.png">')
    assert list(dead(tmp_path / "index.html", page.leads)) == ["gone.html"]
    assert [address for address in page.brings if urlsplit(address).netloc] == ["//cdn.example/x.png"]


# --- Samples ----------------------------------------------------------------------------------------------


def wrong(kind: str, text: str) -> Iterator[str]:
    """What is no code of its kind in a sample; a shell's commands are those that the house has."""
    try:
        if kind == "json":
            json.loads(text)
        elif kind == "python":
            ast.parse(text)
        elif kind in ("sh", "bash", "console"):
            yield from unknown_targets(f"```\n{text}```\n")
            yield from unknown_commands(text)
    except (ValueError, SyntaxError) as error:
        yield f"{kind}: {error}"


def test_every_sample_is_code_of_its_kind() -> None:
    found = {
        (str(path.relative_to(ROOT)), what)
        for path in documents()
        for kind, text in CODE.findall(path.read_text())
        for what in wrong(kind, text)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("json", "{'a': 1}"), ("python", "def :"), ("sh", "make coffee\n"), ("sh", "python manage.py brew\n")],
)
def test_a_sample_that_is_none_is_found(kind: str, text: str) -> None:
    assert len(list(wrong(kind, text))) == 1
