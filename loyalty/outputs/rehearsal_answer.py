"""The answer of a rehearsal for whoever has to decide: what it would have cost, when it pays, what is assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.money import money
from loyalty import promotion_words
from loyalty.models import LoyaltyProgram, Promotion
from loyalty.reporting import promotions as reporting
from loyalty.reporting.rehearsal.figures import Outcome, Promoted

HUNDRED = 100  # points
MONTH = Decimal(365) / 12
MARGINS = (20, 40, 60)  # percent of the price that are left to a shop: a kiosk, a shop, a café


@dataclass(frozen=True)
class Answer:
    """The figure that is looked for, and what it is a month and of what was sold. Empty: there is nothing to say."""

    amount: str
    meaning: str
    proportion: str


@dataclass(frozen=True)
class Further:
    """With such a margin it pays from so much more sold on, which is so much of what was sold."""

    margin: str
    amount: str
    share: str


def answer(
    found: Outcome, program: LoyaltyProgram, said: Sequence[Mapping[str, Any]] = (), *, is_all: bool = False
) -> Answer:
    """What it would have cost, in the merchant's money. `is_all`: the promotions that are `said` are the whole draft.

    Where these are for friends alone it is what each of them costs: what was says nothing of how many would come.
    """
    cents, currency = found.cost_cents, program.merchant.currency
    if is_all and said and all(_friend_cents(each) is not None for each in said):
        a_friend = sum(_friend_cents(each) or 0 for each in said)
        return Answer(money(a_friend, currency), _("for each friend who comes and buys"), "")
    meaning = (
        _("more in the last %(days)s days, with the same purchases")
        if cents > 0
        else _("less in the last %(days)s days, with the same purchases")
        if cents < 0
        else _("of difference in the last %(days)s days")
    )
    if not cents:
        return Answer(money(0, currency), meaning % {"days": _number(found.days)}, "")
    month = int((Decimal(abs(cents)) * MONTH / found.days).quantize(Decimal(1), ROUND_HALF_UP))
    proportion = _("That is %(month)s a month.") % {"month": money(month, currency)}
    if found.bought_cents:
        numbers = {
            "share": _percent(abs(cents), found.bought_cents),
            "sold": money(found.bought_cents, currency),
        }
        of_sales = _("Of all that was sold then, %(sold)s, it is %(share)s.") % numbers
        proportion = f"{proportion} {of_sales}"
    return Answer(money(abs(cents), currency), meaning % {"days": _number(found.days)}, proportion)


def further(found: Outcome, program: LoyaltyProgram) -> list[Further]:
    """From how much more sold on it would pay, by what is left of a price; nothing where it costs nothing."""
    cents, currency = found.cost_cents, program.merchant.currency
    sold = _sold_with_it(found)
    if cents <= 0 or not sold:
        return []
    rows = []
    for margin in MARGINS:
        more = int((Decimal(cents) * 100 / margin).quantize(Decimal(1), ROUND_HALF_UP))
        rows.append(Further(_percent(margin, 100, 0), money(more, currency), _percent(more, sold)))
    return rows


def _sold_with_it(found: Outcome) -> int:
    """What was sold in purchases that would have got something; of a change that is about all, all."""
    with_promotions = sum(told.bought_cents for told in found.promotions.values())
    return min(with_promotions, found.bought_cents) or found.bought_cents


def promotions(
    found: Outcome, program: LoyaltyProgram, said: Sequence[Mapping[str, Any]], rows: Mapping[int, Promotion]
) -> list[str]:
    """What each promotion would have given, a sentence each. `said`: as the job has kept them; `rows` as they are."""
    told = []
    for each in said:
        of = found.promotions.get(each["id"])
        if of is None or _friend_cents(each) is not None:
            told += _of_friends(each, program)
            continue
        row = rows.get(each["id"])
        text = ngettext(
            "“%(promotion)s” would have been given with %(times)s purchase (cards: %(cards)s): %(given)s, worth "
            "%(cost)s. %(sold)s was sold with it.",
            "“%(promotion)s” would have been given with %(times)s purchases (cards: %(cards)s): %(given)s, worth "
            "%(cost)s. %(sold)s was sold with them.",
            of.times,
        )
        told.append(text % {"promotion": each["name"], **_figures(of, row, program)})
        if of.used_up_on is not None:
            text = _(
                "The budget of “%(promotion)s” would have been used up on %(day)s; it gives nothing after."
            )
            told.append(text % {"promotion": each["name"], "day": _day(of.used_up_on)})
    return told


def _friend_cents(each: Mapping[str, Any]) -> int | None:
    """What a promotion for friends costs for each who comes; None for any other."""
    return each.get("friend_cents")


def _of_friends(each: Mapping[str, Any], program: LoyaltyProgram) -> list[str]:
    cents = _friend_cents(each)
    if cents is None:
        return []
    text = _(
        "“%(promotion)s” cannot be played over days that were: who would have brought friends, nobody knows. "
        "Each friend who comes and buys costs %(cost)s, for both together."
    )
    return [text % {"promotion": each["name"], "cost": money(cents, program.merchant.currency)}]


def _figures(of: Promoted, row: Promotion | None, program: LoyaltyProgram) -> dict[str, str]:
    in_parts = {"stamps" if of.unit == 1 else "points": of.given}
    cost = reporting.Given(**in_parts).cost_cents(program)
    whole = of.given // of.unit
    given = promotion_words.amount(row.rule(), whole) if row else _number(whole)
    return {
        "times": _number(of.times),
        "cards": _number(of.cards),
        "given": given,
        "cost": money(cost, program.merchant.currency),
        "sold": money(of.bought_cents, program.merchant.currency),
    }


def assumptions(found: Outcome, program: LoyaltyProgram, said: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a rehearsal takes for granted, a sentence each."""
    texts = [
        _(
            "Customers’ behaviour is taken as it was: they come, buy, redeem and bring back when they did. "
            "Whether more would have come, nobody can rehearse."
        ),
    ]
    if found.real.units or found.drafted.units:
        text = _(
            "100 points count as %(value)s as soon as they are given, also where nobody ever redeems them."
        )
        cents = int(HUNDRED * program.point_value_cents)
        texts.append(text % {"value": money(cents, program.merchant.currency)})
    if found.real.stamps or found.drafted.stamps:
        texts.append(
            _(
                "A stamp counts as its part of the reward as soon as it is given, also where none is ever full."
            )
        )
    for each in said:
        of = found.promotions.get(each["id"])
        if of is not None and _friend_cents(each) is None:
            texts += _of_days(each, of)
            if each["budget"] and of.used_up_on is None:
                text = _("The budget of “%(promotion)s” would have lasted.")
                texts.append(text % {"promotion": each["name"]})
    return texts


def _of_days(each: Mapping[str, Any], of: Promoted) -> list[str]:
    """Over which days a promotion was played that says some."""
    name = {"promotion": each["name"]}
    if of.last_day is None:
        if each["first_day"] is None:
            return []
        return [_("“%(promotion)s” is played over all these days, whenever it is to begin.") % name]
    days = name | {"first": _day(of.first_day) if of.first_day else "", "last": _day(of.last_day)}
    if (of.first_day, of.last_day) == (each["first_day"], each["last_day"]):
        return [_("“%(promotion)s” is played on its own days, until %(last)s.") % days]
    return [
        _(
            "“%(promotion)s” lies ahead: it is played for as many days, from %(first)s to %(last)s, "
            "on the same days of the week."
        )
        % days
    ]


def _percent(part: int, whole: int, digits: int = 1) -> str:
    share = Decimal(part) * 100 / whole
    return _("%(number)s%%") % {"number": number_format(round(share, digits), digits, force_grouping=True)}


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text))


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
