"""Texts as people type and paste them."""

import unicodedata

_INVISIBLE = {"Cc", "Cf"}  # control characters, and marks such as a zero-width space or a direction


def visible(text: str) -> str:
    """A text without the characters that nobody sees, nor spaces around it: what copying brings along.

    >>> visible(" anouk@example.com\\u200b")
    'anouk@example.com'
    """
    return "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE).strip()
