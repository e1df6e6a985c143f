"""Codes of cards that are there already: the EAN, QR text or NFC id of an earlier system, in the one form in which they
are kept and compared."""

import re
from collections.abc import Mapping

from loyalty import rules
from loyalty.tokens import ALPHABET, LENGTH

LONGEST = 128
# What a card's own QR code says; typed by a scanner it may come in small letters.
QR_TEXT = re.compile(rf"^[{ALPHABET}]{{{LENGTH}}}$", re.IGNORECASE)
_PRINTABLE = re.compile(rf"[\x20-\x7e]{{1,{LONGEST}}}")
GAPS = re.compile(r"[ :-]")
_BYTES = re.compile(r"[0-9A-F]{2}(?:[ :-][0-9A-F]{2})+")
_UPC_LENGTH = 12
_NUMBER_LENGTH = 12
_NUMBER_GAPS = re.compile(r"[\s-]")


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


def is_number(text: str) -> bool:
    """Whether a text has as many digits as the number of a card, slips included."""
    digits = _NUMBER_GAPS.sub("", text)
    return len(digits) == _NUMBER_LENGTH and digits.isascii() and digits.isdecimal()


def of_a_card(text: str) -> Mapping[str, str] | None:
    """What a card of ours has that says a text: its QR text or its number; None for anything else, and for a slip.

    >>> of_a_card("4000-1234-5676"), of_a_card("anouk@example.com")
    ({'card_number': '400012345676'}, None)
    """
    if QR_TEXT.match(text):
        return {"qr_code_data": text.upper()}
    digits = _NUMBER_GAPS.sub("", text)
    return {"card_number": digits} if is_number(text) and rules.luhn_is_valid(digits) else None


def _is_article_number(code: str) -> bool:
    """Whether the last digit is the check digit of a UPC or EAN."""
    if not code.isdecimal():
        return False
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(code), 1))
    return sum(weighed) % 10 == 0
