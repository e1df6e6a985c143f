"""A full name, as people write it in one field, and its two parts, as it is kept."""

from django.utils.translation import gettext_lazy as _

from groundwork.formats.text import one_line

LONGEST_PART = 80  # of a name, first or last
NAME_TOO_LONG = _("This name is too long: a part of it would be cut off.")


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a full name, split at the first space, or at the next one by which both have room."""
    text = one_line(name)
    for place in range(LONGEST_PART + 1):
        if text[place : place + 1] == " " and len(text[place:].strip()) <= LONGEST_PART:
            return text[:place], text[place:].strip()
    first, _space, last = text.partition(" ")
    return first[:LONGEST_PART], last.strip()[:LONGEST_PART]


def has_room(name: str) -> bool:
    """Whether nothing of a full name is cut off; `NAME_TOO_LONG` says so where something is."""
    return "".join("".join(split_name(name)).split()) == "".join(one_line(name).split())
