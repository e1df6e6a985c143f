"""Codes of cards that are there already: the EAN, QR text or NFC id of an earlier system, in the one form in which they
are kept and compared."""

import re

from loyalty.tokens import ALPHABET, LENGTH

LONGEST = 128
# What a card's own QR code says; typed by a scanner it may come in small letters.
QR_TEXT = re.compile(rf"^[{ALPHABET}]{{{LENGTH}}}$", re.IGNORECASE)
_PRINTABLE = re.compile(rf"[\x20-\x7e]{{1,{LONGEST}}}")
GAPS = re.compile(r"[ :-]")
_BYTES = re.compile(r"[0-9A-F]{2}(?:[ :-][0-9A-F]{2})+")
_UPC_LENGTH = 12


def canonical(text: str) -> str:
    """The one form of a code, however it was typed or read; "" for a text that can be none.

    Capitals, because a scanner may type with the caps lock on; digits and the bytes of an NFC id without gaps; the
    twelve digits of a UPC as the EAN that many readers make of it.

    >>> canonical("4 006381-333931"), canonical("04:a2:3f:1b"), canonical("036000291452")
    ('4006381333931', '04A23F1B', '0036000291452')
    """
    code = text.strip()
    if not _PRINTABLE.fullmatch(code) or QR_TEXT.match(code):
        return ""
    code = code.upper()
    bare = GAPS.sub("", code)
    if bare.isdecimal() or _BYTES.fullmatch(code):
        code = bare
    return f"0{code}" if len(code) == _UPC_LENGTH and _is_article_number(code) else code


def _is_article_number(code: str) -> bool:
    """Whether the last digit is the check digit of a UPC or EAN."""
    if not code.isdecimal():
        return False
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(code), 1))
    return sum(weighed) % 10 == 0
