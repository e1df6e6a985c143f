"""The notes that the ledger writes by itself: kept in English, read in the language of whoever looks at them."""

import re

from django.utils.translation import gettext, gettext_noop

WELCOME = gettext_noop("Welcome bonus on enrollment")
EXPIRED = gettext_noop("Points expired after %(days)s days of inactivity")
LET_GO = gettext_noop("What was owed is let go after %(days)s days of inactivity")
OWN = tuple(
    (text, re.compile(re.escape(text).replace(re.escape("%(days)s"), "(?P<days>[0-9]{1,5})")))
    for text in (WELCOME, EXPIRED, LET_GO)
)


def in_words(note: str) -> str:
    """A note in the language that is active; what somebody has typed stays as it is."""
    for text, pattern in OWN:
        if found := pattern.fullmatch(note):
            return gettext(text) % found.groupdict()
    return note
