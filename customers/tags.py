"""Tags that a shop gives its customers, in the one form in which they are kept."""

import csv
import re
from collections.abc import Iterable
from itertools import chain

from customers.models import LONGEST_TAG, MOST_TAGS

SEPARATORS = re.compile(r"[,;|\n]")


def cleaned(tags: Iterable[str]) -> list[str]:
    """Tags without gaps around them, each once whatever its case, in their order. Raises ValueError for too much.

    >>> cleaned([" VIP", "vip", "staff  party", ""])
    ['VIP', 'staff party']
    """
    kept = _once(tags)
    if len(kept) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in kept):
        raise ValueError(f"at most {MOST_TAGS} tags of {LONGEST_TAG} characters")
    return kept


def split(text: str) -> list[str]:
    """The tags in a text: between commas, semicolons, bars or lines. Raises ValueError for too much.

    >>> split("vip; gold"), split('"vip","two words"')
    (['vip', 'gold'], ['vip', 'two words'])
    """
    if text.startswith('"'):  # each between quotation marks, as Mailchimp writes them
        try:
            return cleaned(chain.from_iterable(csv.reader(text.splitlines())))
        except csv.Error as error:  # a tag as long as a book
            raise ValueError(str(error)) from error
    return cleaned(SEPARATORS.split(text))


def joined(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """The tags of two people who are one; what does not fit any more is left out."""
    return _once([*one, *other])[:MOST_TAGS]


def _once(tags: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for tag in (" ".join(tag.split()) for tag in tags):
        if tag:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())
