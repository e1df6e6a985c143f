"""E-mail addresses: kept and compared in one way, however they were written."""

import unicodedata

from groundwork.formats.text import visible


def normalize_email(text: str | None) -> str:
    """An address as it is kept: lower case, composed (NFC), without spaces around it or invisible characters.

    A domain of other letters than Latin stays as it is written (no IDNA). Empty for nothing.

    >>> normalize_email(" Anouk@Example.com ")
    'anouk@example.com'
    """
    # Composed last: two letters may only meet where something invisible stood between them.
    return unicodedata.normalize("NFC", visible(text or "").lower())
