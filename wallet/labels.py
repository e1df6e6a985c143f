"""The words of a pass, in every language; made once per process, or as often as the same numbers come again."""

from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.translation import gettext, ngettext, pgettext

from loyalty.models import TransactionType
from wallet.facts import Goal
from wallet.text import Text


@dataclass(frozen=True)
class Labels:
    """The fixed words. Short ones: a phone gives a label about a third of its width."""

    stamps: Text
    points: Text
    news: Text
    next_reward: Text
    member: Text
    progress: Text
    expires: Text
    ready: Text
    void: Text
    card: Text
    card_page: Text
    history: Text
    shops: Text
    terms: Text
    privacy: Text
    join: Text


@cache
def labels() -> Labels:
    """All fixed words."""
    return Labels(
        stamps=Text.each(lambda: pgettext("at most 9 letters", "Stamps")),
        points=Text.each(lambda: pgettext("at most 9 letters", "Points")),
        news=Text.each(lambda: gettext("News")),
        next_reward=Text.each(lambda: gettext("Next reward")),
        member=Text.each(lambda: gettext("Member")),
        progress=Text.each(lambda: gettext("Progress")),
        expires=Text.each(lambda: gettext("Points expire")),
        ready=Text.each(lambda: gettext("Ready for you")),
        void=Text.each(lambda: gettext("No longer valid")),
        card=Text.each(lambda: gettext("Card number")),
        card_page=Text.each(lambda: gettext("Your card online")),
        history=Text.each(lambda: gettext("Last visits")),
        shops=Text.each(lambda: gettext("Where it works")),
        terms=Text.each(lambda: gettext("Terms")),
        privacy=Text.each(lambda: gettext("Privacy")),
        join=Text.each(lambda: gettext("About this card")),
    )


@lru_cache(maxsize=1024)
def description(merchant_name: str) -> Text:
    """What a screen reader says for the whole pass."""
    return Text.each(lambda: gettext("Loyalty card of %(merchant)s") % {"merchant": merchant_name})


@cache
def happened(kind: str) -> Text:
    """What a line of the ledger says has happened; a model's own display would look through all kinds each time."""
    return Text.each(lambda: TransactionType(kind).label)


@lru_cache(maxsize=64)
def stamps_to_go(count: int) -> Text:
    """How many stamps are missing, in words."""
    if count == 0:
        return labels().ready
    return Text.each(lambda: ngettext("%(count)d to go", "%(count)d to go", count) % {"count": count})


@lru_cache(maxsize=4096)
def points_to_go(count: int) -> Text:
    """How many points are missing, in words."""
    if count == 0:
        return labels().ready
    return Text.each(
        lambda: ngettext("%(count)d point to go", "%(count)d points to go", count) % {"count": count}
    )


def progress(goal: Goal) -> Text:
    """ "7 of 10"; what is there beyond the goal is not counted."""
    return _progress(min(goal.have, goal.needed), goal.needed)


@lru_cache(maxsize=4096)
def _progress(have: int, needed: int) -> Text:
    return Text.each(lambda: gettext("%(have)d of %(needed)d") % {"have": have, "needed": needed})
