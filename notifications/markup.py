r"""The few marks of a text, and the two parts of an e-mail that are made from it.

A text is written in paragraphs with an empty line between them. `**words**` are bold, `[words](address)` is a link,
lines that begin with `- ` are a list, and a paragraph that is nothing but one link is a button. A backslash takes
the meaning from the sign after it. There is no HTML in a text: everything is escaped when the HTML part is made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

_SIGN = r"[\\*\[\]()\-]"
_SIGNS = re.compile(_SIGN)
_QUOTED = re.compile(rf"\\({_SIGN})")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_INLINE = re.compile(
    r"\\(?P<sign>" + _SIGN + r")"
    r"|\*\*(?P<bold>(?:\\.|[^\\*]){1,500})\*\*"
    r"|\[(?P<label>(?:\\.|[^\\\[\]]){1,300})\]\((?P<address>(?:\\.|[^\\()\s]){1,2000})\)"
)
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")
_BULLET = re.compile(r"-\s+(?=\S)")


def quote(value: str) -> str:
    """A value as it can stand in a text: its marks mean nothing, and it stays on one line."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(value.split()))


def unquote(text: str) -> str:
    """The reverse of `quote`."""
    return _QUOTED.sub(r"\1", text)


@dataclass(frozen=True)
class Part:
    """A run of words: plain, bold, or a link to `address`."""

    kind: Literal["plain", "bold", "link"]
    words: str
    address: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph or a list, line by line, or a button with one link."""

    kind: Literal["paragraph", "list", "button"]
    lines: tuple[tuple[Part, ...], ...]


def parse(text: str) -> list[Block]:
    """Read a text into its blocks."""
    return list(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    for chunk in _EMPTY_LINE.split(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        for listed, run in groupby(lines, key=lambda line: _BULLET.match(line) is not None):
            yield _block([_BULLET.sub("", line, count=1) if listed else line for line in run], listed)


def _block(run: list[str], listed: bool) -> Block:
    lines = tuple(tuple(_parts(line)) for line in run)
    if listed:
        return Block("list", lines)
    if len(lines) == 1 and [part.kind for part in lines[0]] == ["link"]:
        return Block("button", lines)
    return Block("paragraph", lines)


def _parts(line: str) -> Iterator[Part]:
    plain: list[str] = []
    end = 0
    for match in _INLINE.finditer(line):
        plain.append(line[end : match.start()])
        end = match.end()
        marked = _marked(match)
        if marked is None:
            plain.append(unquote(match[0]))
            continue
        if words := "".join(plain):
            yield Part("plain", words)
        plain = []
        yield marked
    if words := "".join([*plain, line[end:]]):
        yield Part("plain", words)


def _marked(match: re.Match[str]) -> Part | None:
    """The bold words or the link that was found; None for a sign that was quoted, or an address of another kind."""
    if match["bold"]:
        return Part("bold", unquote(match["bold"]))
    if match["label"] and _ADDRESS.fullmatch(address := unquote(match["address"])):
        return Part("link", unquote(match["label"]), address)
    return None


def plain_text(text: str) -> str:
    """The plain-text part: the same words, addresses written out, no marks."""
    return "\n\n".join(_plain_block(block) for block in parse(text))


def _plain_block(block: Block) -> str:
    if block.kind == "button":
        (link,) = block.lines[0]
        return f"{link.words}\n{link.address}"
    prefix = "- " if block.kind == "list" else ""
    return "\n".join(prefix + "".join(_plain_part(part) for part in line) for line in block.lines)


def _plain_part(part: Part) -> str:
    if part.kind == "link" and part.words != part.address:
        return f"{part.words} <{part.address}>"
    return part.words
