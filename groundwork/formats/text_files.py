"""Tables that strangers send as text: in which letters a file is written, and what separates its cells.

Nothing is decoded twice and nothing is read by guesses of a single line: the letters of the whole file are counted, and
the first records are tried with each separator.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

NAMED_BY_MARK = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OLDER = ("cp1252", "mac_roman", "cp850")  # of Windows, of an old Mac, of DOS; the first of equals is taken
USUAL = frozenset("äöüßéèêëàâçîïôûùœæãõáíóúñåø’“”„–—°«»")
PERHAPS = frozenset("€") | frozenset(letter.upper() for letter in USUAL)
SEPARATORS = ";\t,|"  # the first of equals is taken
RECORDS_TRIED = 50
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)  # by which Excel is told


def encoding_of(blocks: Iterable[bytes]) -> str | None:
    """In which letters a file is written (a name for `codecs`), or None if it is no text.

    By its mark, else by where its zeros stand (UTF-16), else UTF-8 if it is that, else what makes words of it.
    """
    counts, beginning, decoder, is_utf8 = Counter[int](), b"", codecs.getincrementaldecoder("utf-8")(), True
    even = odd = 0  # zeros, by their place: UTF-16 of Latin letters has them in one of the two
    offset = 0
    for block in blocks:
        beginning = beginning or block[:4]
        counts.update(block)
        if b"\0" in block:
            zeros_even = block[offset % 2 :: 2].count(0)
            even, odd = even + zeros_even, odd + block.count(0) - zeros_even
        offset += len(block)
        try:
            is_utf8 = is_utf8 and decoder.decode(block) is not None
        except UnicodeDecodeError:
            is_utf8 = False
    for mark, name in NAMED_BY_MARK.items():
        if beginning.startswith(mark):
            return name
    if counts[0]:
        return _of_two_bytes(even, odd, counts.total())
    if is_utf8 and not decoder.getstate()[0]:
        return "utf-8"
    return max(OLDER, key=lambda name: _words(counts, name))


def _of_two_bytes(even: int, odd: int, size: int) -> str | None:
    """UTF-16 without its mark: nearly every other byte is zero; anything else with zeros is no text."""
    if size % 2 or max(even, odd) < size / 4 or min(even, odd) > max(even, odd) / 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _words(counts: Counter[int], encoding: str) -> int:
    """How much the letters beyond ASCII look like words of Europe."""
    score = 0
    for byte, count in counts.items():
        if byte < 0x80:
            continue
        letter = bytes([byte]).decode(encoding, "replace")
        if letter in USUAL:
            score += 3 * count
        elif letter in PERHAPS:
            score += count
        else:
            score -= 3 * count if letter == "\N{REPLACEMENT CHARACTER}" else count
    return score


def separator_told(line: str) -> str | None:
    """The separator that a first line `sep=;` tells, else None."""
    told = SEPARATOR_LINE.match(line)
    return told[1] if told else None


def separator_of(lines: Sequence[str]) -> str:
    """What separates the cells of a file's first lines: what cuts most of the records into as many cells."""
    return max(SEPARATORS, key=lambda separator: _regularity(lines, separator))


def _regularity(lines: Sequence[str], separator: str) -> tuple[int, int]:
    try:
        records = list(islice(csv.reader(lines, delimiter=separator), RECORDS_TRIED))
    except csv.Error:
        return (0, 0)
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)
