"""What an import of customers does, in words that are right of none, one and many."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.numbers import grouped
from loyalty.outputs import owed


class Done(Protocol):
    """The figures of an import, as `loyalty.imports.plan` counts them."""

    new_customers: int
    new_cards: int
    changed: int
    known: int
    balances: int
    stamps: int
    points: int
    owed_stamps: int
    owed_points: int


def brought(done: Done) -> str:
    """ "1 new person, 1 card, 1 balance (0 stamps, 12 points), 3 points are owed"."""
    people = ngettext("%(count)s new person", "%(count)s new people", done.new_customers)
    cards = ngettext("%(count)s card", "%(count)s cards", done.new_cards)
    balances = ngettext("%(count)s balance", "%(count)s balances", done.balances)
    said = [
        people % _count(done.new_customers),
        cards % _count(done.new_cards),
        f"{balances % _count(done.balances)} ({amounts(done)})",
        owing(done),
    ]
    return ", ".join(filter(None, said))


def amounts(done: Done) -> str:
    """What the balances come to: "1 stamp, 20 points"."""
    stamps = ngettext("%(number)s stamp", "%(number)s stamps", done.stamps)
    points = ngettext("%(number)s point", "%(number)s points", done.points)
    return f"{stamps % {'number': grouped(done.stamps)}}, {points % {'number': grouped(done.points)}}"


def owing(done: Done) -> str:
    """What the balances bring along that is owed; empty if nothing is."""
    return ", ".join(owed.amounts(stamps=done.owed_stamps, points=done.owed_points))


def known(done: Done) -> str:
    """What became of those who were known before."""
    changed = ngettext(
        "%(count)s person got something that was missing",
        "%(count)s people got something that was missing",
        done.changed,
    )
    stays = ngettext("%(count)s stays as it was", "%(count)s stay as they were", done.known)
    return f"{changed % _count(done.changed)}, {stays % _count(done.known)}."


def expected(done: Done) -> str:
    """What taking it back will do."""
    people = ngettext(
        "%(count)s person is removed with their card, unless something else has happened to them since.",
        "%(count)s people are removed with their cards, unless something else has happened to them since.",
        done.new_customers,
    )
    balances = ngettext("%(count)s balance is undone.", "%(count)s balances are undone.", done.balances)
    others = _(
        "What was filled in about others is emptied. What is spent already is owed. Whoever is removed can be restored."
    )
    return f"{people % _count(done.new_customers)} {balances % _count(done.balances)} {others}"


def _count(number: int) -> dict[str, str]:
    return {"count": grouped(number)}
