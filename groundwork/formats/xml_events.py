"""XML that strangers send, as a row of events: judged while it is read, and never built."""

from typing import Any
from xml.parsers import expat

TEXT_AT_MOST = 32_767  # characters of a cell, as in a spreadsheet
DEPTH_AT_MOST = 64
BLOCK = 1 << 16
TAG_AT_MOST = 2 * BLOCK  # bytes of a tag or a comment

Event = tuple[
    str, Any
]  # the name of an element and its attributes, or "/" with its name and the text before its end


class Reader:
    """XML as a row of events, of which none is long: no entities, no deep trees, no endless tags."""

    def __init__(self, too_large: type[Exception]) -> None:
        self.too_large = too_large
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.events: list[Event] = []
        self.pieces: list[str] = []
        self.depth = self.length = self.fed = 0

    def feed(self, block: bytes, *, is_last: bool = False) -> list[Event]:
        """What a block completes. Raises `too_large`, ExpatError, or ValueError for a document type."""
        self.events = []
        self.fed += len(block)
        self.parser.Parse(block, is_last)
        if self.fed - self.parser.CurrentByteIndex > TAG_AT_MOST:
            raise self.too_large("tag")
        return self.events

    def _refuse(self, *about: Any) -> None:
        raise ValueError("A workbook has no document type.")

    def _start(self, name: str, about: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH_AT_MOST:
            raise self.too_large("depth")
        self.pieces, self.length = [], 0
        self.events.append((name.rpartition(":")[2], about))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.events.append(("/", (name.rpartition(":")[2], "".join(self.pieces))))
        self.pieces, self.length = [], 0

    def _text(self, piece: str) -> None:
        self.length += len(piece)
        if self.length > TEXT_AT_MOST:
            raise self.too_large("text")
        self.pieces.append(piece)
