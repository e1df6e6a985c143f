"""Texts as people type and paste them."""

import unicodedata

_INVISIBLE = {"Cc", "Cf"}  # control characters, and marks such as a zero-width space or a direction


def visible(text: str) -> str:
    """A text without the characters that nobody sees, nor spaces around it: what copying brings along.

    >>> visible(" anouk@example.com\\u200b")
    'anouk@example.com'
    """
    return "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE).strip()


def one_line(text: str) -> str:
    """A name on one line, without what nobody sees around it; within it some scripts need that. Empty for nothing.

    >>> one_line("\\u200b Anouk\\n"), one_line("\\u200b")
    ('Anouk', '')
    """
    letters = [" " if unicodedata.category(letter) == "Cc" else letter for letter in text]
    seen = [place for place, letter in enumerate(letters) if visible(letter)]
    return "".join(letters[seen[0] : seen[-1] + 1]) if seen else ""
