"""What the documents name is there: links, headings, files, commands of make and of manage.py.

Each rule is a function of a text, so that it is tried itself: on what it must find, and on what it must let pass.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.sources import LAYERS, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:")  # https:, mailto:
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```[^`]*^```$", re.MULTILINE)
FILE = re.compile(r"[\w.*<>-]*(/[\w.*<>-]+)*(/|\.(py|md|toml|ya?ml|json|txt|html|css|js|svg|po|sql))")
TARGET = re.compile(r"^([a-z%-]+):.*##", re.MULTILINE)
# Made by the commands that are told of beside them, or to be written by whoever follows a recipe.
NOT_KEPT = ("var/", ".venv/", ".env", "PUBLIC_BASE_URL/")


def documents() -> list[Path]:
    """Every document of the house, not those that came with vendored files."""
    folders = [ROOT / name for name in (*LAYERS, "docs")]
    return [
        *sorted(ROOT.glob("*.md")),
        *(path for folder in folders for path in sorted(folder.rglob("*.md"))),
    ]


def dead_links(text: str, folder: Path) -> Iterator[str]:
    """Relative links to a file that is not there, or to a heading that its document has not."""
    for target in LINK.findall(FENCED.sub("", text)):
        if ELSEWHERE.match(target):
            continue
        file, _, anchor = target.partition("#")
        path = folder / file if file else None
        headings = (
            text if path is None else path.read_text() if path.is_file() and path.suffix == ".md" else ""
        )
        is_dead = path is not None and not path.exists()
        if is_dead or (anchor and anchor not in anchors(headings)):
            yield target


def anchors(text: str) -> set[str]:
    """What GitHub makes of a document's headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(FENCED.sub("", text)))
    return {heading.strip().replace(" ", "-") for heading in plain}


def missing_files(text: str, folder: Path) -> Iterator[str]:
    """Paths in code marks that are neither in the house nor beside the document; `*` and `<app>` stand for any."""
    for name in CODE.findall(FENCED.sub("", text)):
        if FILE.fullmatch(name) and name.strip("./") and not name.startswith(("/", *NOT_KEPT)):
            pattern = re.sub(r"<\w+>", "*", name.rstrip("/"))
            inside = [f"{app}/{pattern}" for app in LAYERS] + [f"*/*/{pattern}"] if "/" not in pattern else []
            places = [(ROOT, pattern), (folder, pattern), *((ROOT, each) for each in inside)]
            if not any(any(place.glob(each)) for place, each in places):
                yield name


def unknown_targets(text: str) -> Iterator[str]:
    """Commands of make that the Makefile lacks: in code marks, or at the beginning of a line of a listing."""
    targets = TARGET.findall((ROOT / "Makefile").read_text())
    listed = "\n".join(re.findall(r"^```[^`]*^```$", text, re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)`", text) + re.findall(r"^make ([a-z-]+)", listed, re.MULTILINE)
    for name in named:
        if not any(re.fullmatch(target.replace("%", ".+"), name) for target in targets):
            yield name


def unknown_commands(text: str) -> Iterator[str]:
    """Commands of manage.py that nobody has."""
    yield from (name for name in re.findall(r"manage\.py ([a-z_]+)", text) if name not in get_commands())


# --- The house --------------------------------------------------------------------------------------------


def in_documents(rule: Callable[..., Iterator[str]], *, in_folder: bool) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {what}"
        for path in documents()
        for what in rule(path.read_text(), *([path.parent] if in_folder else []))
    ]


def test_every_link_leads_somewhere() -> None:
    assert in_documents(dead_links, in_folder=True) == []


def test_every_file_that_is_named_is_there() -> None:
    assert in_documents(missing_files, in_folder=True) == []


def test_every_command_of_make_that_is_named_can_be_made() -> None:
    assert in_documents(unknown_targets, in_folder=False) == []


def test_every_command_of_manage_py_that_is_named_is_one() -> None:
    assert in_documents(unknown_commands, in_folder=False) == []


def test_the_documents_of_the_house_are_looked_at() -> None:
    names = {str(path.relative_to(ROOT)) for path in documents()}
    assert names >= {"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/deploy.md", "groundwork/README.md"}
    assert not any("vendor" in name for name in names)


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_when_and_whether_it_still_holds_and_the_index_lists_it(path: Path) -> None:
    title, _, head, *_ = path.read_text().splitlines()
    told = re.fullmatch(
        r"Date: (\d{4}-\d\d-\d\d)\. Status: (accepted|superseded by \[\d{4}\]\(\S+\))\.", head
    )
    assert told is not None, head
    number, status = path.stem[:4], told[2].partition(" ")[0]
    row = f"| {number} | [{title.removeprefix('# ')}]({path.name}) | {told[1]} | {status} |"
    assert row in (path.parent / "README.md").read_text().splitlines()


def test_each_decision_has_a_number_of_its_own() -> None:
    assert len({path.stem[:4] for path in DECISIONS}) == len(DECISIONS) > 10


# --- The rules themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (dead_links, "See [the till](docs/tills.md)."),
        (dead_links, "![A card](docs/pictures/nothing.png)"),
        (dead_links, "See [below](#nowhere)."),
        (dead_links, "See [the variables](docs/deploy.md#every-wish)."),
        (missing_files, "It is in `loyalty/statistics.py`."),
        (missing_files, "It is in `admin/`."),
        (missing_files, "Each in `<app>/nothing.py`."),
        (missing_files, "See `pyproject.yaml`."),
    ],
)
def test_what_is_not_there_is_found(rule: Callable[..., Iterator[str]], text: str) -> None:
    assert len(list(rule(text, ROOT))) == 1


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (dead_links, "See [deploying](docs/deploy.md) and [the web](https://example.com/docs/tills.md)."),
        (
            dead_links,
            "# What is it?\n\nSee [above](#what-is-it) and [variables](docs/deploy.md#every-variable).",
        ),
        (dead_links, "```\n[the till](docs/tills.md)\n```"),
        (missing_files, "`loyalty/rules.py`, `loyalty/`, `<app>/models.py`, `locale/*/LC_MESSAGES/*.po`"),
        (missing_files, "`Store.objects`, `jobs.ask(...)`, `/healthz`, `var/servers.json`, `.env`, `7/8`"),
    ],
)
def test_what_is_there_passes(rule: Callable[..., Iterator[str]], text: str) -> None:
    assert list(rule(text, ROOT)) == []


def test_a_command_that_cannot_be_made_is_found() -> None:
    text = "`make demo`, `make bench-till`, `make coffee`\n\n```\nmake test   # all\nmake tea\n```\n\nmake sure\n"
    assert list(unknown_targets(text)) == ["coffee", "tea"]
    assert list(unknown_commands("`manage.py describe` and `manage.py brew`")) == ["brew"]
