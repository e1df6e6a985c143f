"""The notes that the ledger writes by itself: kept in English, read in the language of whoever looks at them."""

import re

from django.utils.translation import gettext, gettext_noop, ngettext

WELCOME = gettext_noop("Welcome bonus on enrollment")
EXPIRED = "Points expired after %(days)s days of inactivity"
LET_GO = "What was owed is let go after %(days)s days of inactivity"
OWN = tuple(
    (text, re.compile(re.escape(text).replace(re.escape("%(days)s"), "(?P<days>[0-9]{1,5})")))
    for text in (WELCOME, EXPIRED, LET_GO)
)


def in_words(note: str) -> str:
    """A note in the language that is active; what somebody has typed stays as it is."""
    for text, pattern in OWN:
        if found := pattern.fullmatch(note):
            return _days(text, found["days"]) if "days" in found.groupdict() else gettext(text)
    return note


def _days(text: str, days: str) -> str:
    """A note with its days: one day is one, and the ledger keeps what it wrote."""
    said = {
        EXPIRED: ngettext(
            "Points expired after %(days)s day of inactivity",
            "Points expired after %(days)s days of inactivity",
            int(days),
        ),
        LET_GO: ngettext(
            "What was owed is let go after %(days)s day of inactivity",
            "What was owed is let go after %(days)s days of inactivity",
            int(days),
        ),
    }
    return said[text] % {"days": days}
