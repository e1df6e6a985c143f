"""A promotion as a sentence, in the language that is active: made here alone, for console, till, pages and passes.

    sentence(promotion.rule(), Names(currency="EUR", stores={7: "Gare"}))
    # On Tuesdays from 14:00 to 17:00, points count double at Gare, at most 100 points a card and day

No database. Each part is a text of its own, so that a language may turn it as it likes: German and Luxembourgish put a
colon after the time, and need no verb.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from groundwork.formats.money import money
from loyalty import offers
from loyalty.offers import Promotion

RANGE = 3  # so many days in a row are told as one


@dataclass(frozen=True)
class Names:
    """What a sentence needs besides the promotion: the currency (ISO 4217), stores and promotions by their ids.

    A store that is not named is not told: whoever reads the sentence is there. `is_of_card`: it is told of one card,
    because its next visit is the one that counts.
    """

    currency: str
    stores: Mapping[int, str] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)
    is_of_card: bool = False


def sentence(promotion: Promotion, names: Names) -> str:
    """All that a promotion says."""
    return _begun(_timed(_when(promotion), what(promotion, names)))


def today(
    promotion: Promotion,
    names: Names,
    *,
    zone: ZoneInfo,
    now: datetime,
    begins: datetime,
    ends: datetime | None,
) -> str:
    """The same for somebody who reads it on a day on which it holds: "Today until 11:00: points count double".

    `begins` and `ends` (UTC) as `loyalty.showing` has them.
    """
    gives = what(promotion, names)
    if ends is None:
        return _begun(gives)
    here, end = now.astimezone(zone).date(), ends.astimezone(zone)
    if begins > now:
        when = _("today from %(from)s to %(until)s") % {
            "from": _clock(begins.astimezone(zone).time()),
            "until": _clock(end.time()),
        }
    elif promotion.until_time is not None:
        when = (_("today until %(time)s") if end.date() == here else _("until %(time)s")) % {
            "time": _clock(end.time())
        }
    else:
        last = (end - timedelta(minutes=1)).date()
        when = pgettext("promotion", "today") if last == here else _until(last)
    return _begun(_("%(when)s: %(what)s") % {"when": when, "what": gives})


def what(promotion: Promotion, names: Names) -> str:
    """What it gives, where, to whom, for what, and how much of it at most."""
    stores = [names.stores[pk] for pk in sorted(promotion.store_ids) if pk in names.stores]
    places = _("at %(stores)s") % {"stores": listed(stores)} if stores else ""
    if promotion.audience == offers.FRIEND:
        places = " ".join(filter(None, [_first_purchase(promotion, names), places]))
        return ", ".join(
            [_friends(promotion), places, *_months(promotion), *_bounds(promotion), *_apart(promotion, names)]
        )
    main = " ".join(
        filter(None, [effect(promotion), places, _who(promotion, names), _bought(promotion, names)])
    )
    return ", ".join([main, *_bounds(promotion), *_apart(promotion, names)])


def effect(promotion: Promotion) -> str:
    """What it gives: points count double."""
    if promotion.effect == offers.POINTS:
        text = ngettext("there is %(n)s point on top", "there are %(n)s points on top", promotion.amount)
        return text % {"n": _number(promotion.amount)}
    if promotion.effect == offers.STAMPS:
        text = ngettext("there is %(n)s stamp on top", "there are %(n)s stamps on top", promotion.amount)
        return text % {"n": _number(promotion.amount)}
    if promotion.factor == 2:
        return _("points count double")
    if promotion.factor == 3:
        return _("points count triple")
    return _("points count %(factor)s times") % {"factor": _number(promotion.factor.normalize())}


def listed(names: Iterable[str]) -> str:
    """A, B and C."""
    *some, last = names
    return _("%(some)s and %(last)s") % {"some": ", ".join(some), "last": last} if some else last


# --- When -------------------------------------------------------------------------------------------------


def _when(promotion: Promotion) -> str:
    days, hours = _weekdays(sorted(promotion.weekdays)), _hours(promotion)
    if hours and not days and promotion.first_day is None and promotion.last_day is None:
        days = _("every day")
    return ", ".join(filter(None, [" ".join(filter(None, [days, hours])), _dates(promotion)]))


def _weekdays(days: list[int]) -> str:
    """On Tuesdays; from Monday to Friday. Days are ISO's."""
    if not days or len(days) == len(WEEKDAYS):
        return ""
    if len(days) >= RANGE and days[-1] - days[0] == len(days) - 1:
        first, last = (str(WEEKDAYS[day - 1]) for day in (days[0], days[-1]))
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    names = [
        pgettext("on such days", "Mondays"),
        pgettext("on such days", "Tuesdays"),
        pgettext("on such days", "Wednesdays"),
        pgettext("on such days", "Thursdays"),
        pgettext("on such days", "Fridays"),
        pgettext("on such days", "Saturdays"),
        pgettext("on such days", "Sundays"),
    ]
    return _("on %(days)s") % {"days": listed(names[day - 1] for day in days)}


def _hours(promotion: Promotion) -> str:
    if promotion.from_time is None or promotion.until_time is None:
        return ""
    times = {"from": _clock(promotion.from_time), "until": _clock(promotion.until_time)}
    return pgettext("hours", "from %(from)s to %(until)s") % times


def _dates(promotion: Promotion) -> str:
    first, last = promotion.first_day, promotion.last_day
    if first and last and first == last:
        return pgettext("a date", "on %(day)s") % {"day": formats.date_format(first)}
    if first and last:
        days = {"first": formats.date_format(first), "last": formats.date_format(last)}
        return pgettext("dates", "from %(first)s to %(last)s") % days
    if first:
        return _("from %(day)s on") % {"day": formats.date_format(first)}
    return _until(last) if last else ""


def _until(day: object) -> str:
    return pgettext("a date", "until %(day)s") % {"day": formats.date_format(day)}  # type: ignore[arg-type]


def _clock(at: time) -> str:
    return formats.time_format(at, pgettext("time format", "H:i"))


# --- To whom, for what, and how much ------------------------------------------------------------------------


def _who(promotion: Promotion, names: Names) -> str:
    days = {"n": promotion.days}
    match promotion.audience:
        case offers.FIRST_PURCHASE:
            return _("with the first purchase")
        case offers.BIRTHDAY if promotion.days:
            text = ngettext(
                "on a birthday and up to %(n)d day before and after it",
                "on a birthday and up to %(n)d days before and after it",
                promotion.days,
            )
            return text % days
        case offers.BIRTHDAY:
            return _("on a birthday")
        case offers.EVERY_VISIT if names.is_of_card:
            return _("with this visit, one in every %(n)d") % {"n": promotion.every}
        case offers.EVERY_VISIT:
            return _("once every %(n)d visits") % {"n": promotion.every}
        case offers.BACK_AFTER:
            text = ngettext(
                "for whoever comes back after %(n)d day",
                "for whoever comes back after %(n)d days",
                promotion.days,
            )
            return text % days
        case offers.TAGGED:
            return _("for customers with the tag “%(tag)s”") % {"tag": promotion.tag}
    return ""


def _friends(promotion: Promotion) -> str:
    return _("a friend who is brought gets %(amount)s, whoever brought them gets %(other)s") % {
        "amount": amount(promotion, promotion.amount),
        "other": amount(promotion, promotion.friend_amount),
    }


def _first_purchase(promotion: Promotion, names: Names) -> str:
    """With the first purchase of so much or more."""
    least = {"amount": money(promotion.least_cents, names.currency)}
    items = sorted(promotion.categories) + sorted(promotion.skus)
    said = (
        _("with the first purchase of %(amount)s or more")
        if promotion.least_cents
        else _("with the first purchase")
    )
    return " ".join(
        filter(None, [said % least, _("on %(items)s") % {"items": listed(items)} if items else ""])
    )


def _months(promotion: Promotion) -> list[str]:
    if promotion.month_limit is None:
        return []
    text = ngettext("at most %(n)d friend a month", "at most %(n)d friends a month", promotion.month_limit)
    return [text % {"n": promotion.month_limit}]


def invitation(promotion: Promotion, names: Names) -> str:
    """What it says to whoever may bring friends."""
    said = _("%(yours)s for you and %(theirs)s for your friend, %(when)s") % {
        "yours": amount(promotion, promotion.friend_amount),
        "theirs": amount(promotion, promotion.amount),
        "when": _first_purchase(promotion, names),
    }
    return _begun(", ".join([said, *_months(promotion)]))


def invited(promotion: Promotion, names: Names) -> str:
    """What it says to a friend who is invited."""
    return _("%(yours)s for you and %(theirs)s for whoever invited you, %(when)s") % {
        "yours": amount(promotion, promotion.amount),
        "theirs": amount(promotion, promotion.friend_amount),
        "when": _first_purchase(promotion, names),
    }


def _bought(promotion: Promotion, names: Names) -> str:
    items = sorted(promotion.categories) + sorted(promotion.skus)
    least = promotion.least_cents and {"amount": money(promotion.least_cents, names.currency)}
    parts = [
        _("for purchases of %(amount)s or more") % least if least else "",
        _("on %(items)s") % {"items": listed(items)} if items else "",
    ]
    return " ".join(filter(None, parts))


def _bounds(promotion: Promotion) -> list[str]:
    bounds = (
        (_("at most %(amount)s a card and day"), promotion.card_day_limit),
        (_("at most %(amount)s a card"), promotion.card_limit),
        (_("at most %(amount)s in all"), promotion.budget),
    )
    return [text % {"amount": amount(promotion, most)} for text, most in bounds if most is not None]


def amount(promotion: Promotion, number: int | Decimal) -> str:
    """So many of what it gives: 100 points, 3 stamps."""
    count = int(number)
    if promotion.effect == offers.STAMPS:
        text = ngettext("%(number)s stamp", "%(number)s stamps", count)
    else:
        text = ngettext("%(number)s point", "%(number)s points", count)
    return text % {"number": _number(number)}


def _apart(promotion: Promotion, names: Names) -> list[str]:
    others = [names.others[pk] for pk in sorted(promotion.not_with) if pk in names.others]
    return [_("not together with %(others)s") % {"others": listed(others)}] if others else []


def _number(number: int | Decimal) -> str:
    return formats.number_format(number, force_grouping=True)


def _timed(when: str, gives: str) -> str:
    return _("%(when)s, %(what)s") % {"when": when, "what": gives} if when else gives


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
