"""No number stands before a noun that is right of many only: "1 new people", "0 of 1 lines"."""

import re
from collections.abc import Iterator

import polib

from loyalty_site import catalogue

# What is filled in, a word between at most, and what looks like a plural.
MANY = re.compile(r"(?:%\((?P<old>\w+)\)[sd]|\{(?P<new>\w+)\})\s+(?:[a-z’-]+ )?(?:[a-z]+s|people)\b")
NO_PLURAL = re.compile(r"\s(?:is|was|has|this|as|its|pass|gives|stands|stays|gets)$")
NAMES = {"merchant", "name", "inviter", "email", "nth", "day", "shop", "who", "person"}  # and no numbers
NEVER_ONE = {
    "%(who)s gave one card %(figure)s stamps on %(day)s between %(from)s and %(to)s.": "6 at least (norms.MEASURES)",
    "%(who)s gave one card %(figure)s points on %(day)s between %(from)s and %(to)s.": "20 at least",
    "%(who)s gave %(figure)s %% of %(entries)s entries to three cards in the week up to %(day)s.": "of three cards",
    "%(who)s undid %(figure)s entries on %(day)s after a reward had been handed out for them.": "3 at least",
    "%(who)s made %(figure)s entries on %(day)s at hours when “%(store)s” is not usually open.": "3 at least",
    "One card was used at %(figure)s tills on %(day)s, most of the time at “%(store)s”.": "3 at least",
    "%(who)s handed out %(figure)s rewards on %(day)s for cards that customers had made themselves less than an hour "
    "before.": "3 at least",
    "%(who)s recorded %(figure)s %% of %(entries)s entries on %(day)s without a connection.": "of many",
    "Announcements have been waiting for %(count)d minutes. Is a worker running?": "10 at least",
    "At most %(count)d transactions can be undone at once. Narrow the list down.": "a limit",
    "At most %(most)d tags of %(longest)d characters each.": "a limit",
    "Write at most %(most)d tags of %(longest)d characters each, with commas between them.": "a limit",
    "There are more than %(count)d blank rows between two lines. Please remove them.": "a limit",
    "These are more than %(count)d lines. Please import them in several files.": "a limit",
    "This is too long: %(count)d characters at most.": "a limit",
    "This text is too long: at most %(limit)d characters.": "a limit",
    "This list has %(count)s rows. The file is prepared in the background; you can leave the page.": "a long list",
    "more than %(count)s results": "a limit",
    "less in the last %(days)s days, with the same purchases": "30, 90 or 365",
    "more in the last %(days)s days, with the same purchases": "30, 90 or 365",
    "of difference in the last %(days)s days": "30, 90 or 365",
    "the last %(days)s days": "30, 90 or 365",
    "once every %(n)d visits": "2 at least",
    "points count %(factor)s times": "more than 1",
    "%(count)d card with points would need %(after)s points instead of %(before)s for “%(reward)s”.": "2 at least",
    "%(cards)s card would have had its reward earlier, by %(days)s days.": "with decimals: 1.0 days",
    "%(cards)s card would have had its reward later, by %(days)s days.": "with decimals: 1.0 days",
}


def ours() -> Iterator[polib.POEntry]:
    """The texts of our own code and templates."""
    for domain in catalogue.DOMAINS:
        yield from catalogue.texts(domain)[catalogue.SOURCE_LANGUAGE]


def of_many_only(text: str) -> bool:
    return any(
        not NO_PLURAL.search(found[0]) and (found["old"] or found["new"]) not in NAMES
        for found in MANY.finditer(text)
    )


def test_the_reading_of_texts_knows_a_plural() -> None:
    assert of_many_only("%(people)s new people, %(cards)s cards")
    assert of_many_only("{n} lines are read")
    assert not of_many_only("%(count)s line is read, %(name)s works here")


def test_a_number_before_a_noun_has_a_form_for_one() -> None:
    found = {entry.msgid for entry in ours() if of_many_only(entry.msgid)}
    assert found - set(NEVER_ONE) == set(), "use ngettext, or say why the number is never one"
    assert set(NEVER_ONE) - found == set(), "nobody says this any more"
