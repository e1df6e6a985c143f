"""The overview's figures in words: each beside that of the period before, with the rows behind it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.money import money
from loyalty.models import LoyaltyProgram
from loyalty_site.console.places import Place
from tenancy.roles import has_one_merchant

Figures = Mapping[str, Any]


def against(figures: Figures, name: str, days: int) -> str:
    """What a figure of the period is beside that of as many days before it."""
    now, before = (sum(day[name] for day in figures[when]) for when in ("daily", "before"))
    if now == before:
        text = ngettext("as many as the day before", "as many as in the %(days)s days before", days)
        return text % {"days": days}
    if before <= 0:
        return ngettext("none the day before", "none in the %(days)s days before", days) % {"days": days}
    percent = per_cent(abs(now - before) / before, 0)
    if now > before:
        text = ngettext(
            "%(percent)s %% more than the day before",
            "%(percent)s %% more than in the %(days)s days before",
            days,
        )
    else:
        text = ngettext(
            "%(percent)s %% less than the day before",
            "%(percent)s %% less than in the %(days)s days before",
            days,
        )
    return text % {"percent": percent, "days": days}


def period_name(days: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def cards(program: LoyaltyProgram, figures: Figures, days: int) -> list[dict[str, Any]]:
    """The figures in words: a name, a number, and a remark on it."""
    daily = figures["daily"]

    def over_period(name: str) -> str:
        return formats.number_format(sum(day[name] for day in daily), force_grouping=True)

    shown = [
        figure(
            _("Cards"),
            figures["total_cards"],
            _used(figures["cards_with_activity_30d"]),
        ),
        figure(
            _("New cards"),
            over_period("new_cards"),
            period_name(days),
            against(figures, "new_cards", days),
        ),
    ]
    if program.has_stamps:
        handed_out = sum(day["stamps_redeemed"] for day in daily)
        remark = ngettext("%(count)s reward handed out", "%(count)s rewards handed out", handed_out)
        remark %= {"count": number(handed_out)}
        compared = against(figures, "stamps", days)
        shown.append(figure(_("Stamps given"), over_period("stamps"), remark, compared))
    if program.has_points:
        remark = _gone(*(sum(day[name] for day in daily) for name in ("points_redeemed", "points_expired")))
        compared = against(figures, "points_issued", days)
        shown.append(figure(_("Points given"), over_period("points_issued"), remark, compared))
    shown.append(_redeemed(program, figures))
    liability = money(figures["estimated_liability_cents"], program.merchant.currency)
    shown.append(figure(_("Open value"), liability, _("of stamps and points on all cards")))
    return shown


def _used(count: int) -> str:
    text = ngettext("%(count)s used in the last 30 days", "%(count)s used in the last 30 days", count)
    return text % {"count": number(count)}


def _gone(redeemed: int, expired: int) -> str:
    """What became of points: alike in English for one and for many, and not elsewhere."""
    said = (
        (ngettext("%(number)s redeemed", "%(number)s redeemed", redeemed), redeemed),
        (ngettext("%(number)s expired", "%(number)s expired", expired), expired),
    )
    return ", ".join(text % {"number": number(count)} for text, count in said)


def _redeemed(program: LoyaltyProgram, figures: Figures) -> dict[str, Any]:
    """How much of what came due was redeemed, all of it since the beginning: rewards by full cards, or points."""
    if program.has_stamps:
        redeemed, due = (
            figures["total_stamps_redeemed"],
            figures["total_stamps_issued"] // program.stamps_target,
        )
        text = ngettext(
            "%(redeemed)s of %(due)s reward that all stamps given amount to",
            "%(redeemed)s of %(due)s rewards that all stamps given amount to",
            due,
        )
    else:
        redeemed, due = figures["total_points_redeemed"], figures["total_points_issued"]
        text = ngettext(
            "%(redeemed)s of %(due)s point ever given", "%(redeemed)s of %(due)s points ever given", due
        )
    share = redeemed / due if due > 0 else 0
    rate = per_cent(share, 1)
    remark = text % {"redeemed": number(redeemed), "due": number(max(due, 0))}
    return figure(_("Redemption rate"), f"{rate}\N{NARROW NO-BREAK SPACE}%", remark)


def linked(
    request: HttpRequest, program: LoyaltyProgram, shown: list[dict[str, Any]], place: Place, days: int
) -> list[dict[str, Any]]:
    """The figures with the rows behind them."""
    first = timezone.localdate() - timedelta(days=days - 1)
    cards_of = {"enrolled_at_store__id__exact": place.store.pk} if place.store else {}
    lines_at = {"store__id__exact": place.store.pk} if place.store else {}
    its = whose(request, place)
    card_list = reverse("admin:loyalty_loyaltycard_changelist")
    lines = reverse("admin:loyalty_loyaltytransaction_changelist")
    rewards = "stamp_redeemed" if program.has_stamps else "points_redeemed"
    since = {"when_from": f"{first}T00:00", **lines_at, **its}
    behind: dict[str, tuple[str, dict[str, Any]]] = {
        _("Cards"): (card_list, {**cards_of, **its}),
        _("New cards"): (card_list, {"enrolled_from": first, **cards_of, **its}),
        _("Stamps given"): (lines, {"given": "stamps", **since}),
        _("Points given"): (lines, {"given": "points", **since}),
        _("Redemption rate"): (
            lines,
            {"transaction_type__exact": rewards, "state": "stands", **lines_at, **its},
        ),
        _("Open value"): (card_list, {"holds": "yes", **cards_of, **its}),
    }
    for each in shown:
        address, asked = behind.get(each["title"], ("", {}))
        each["url"] = f"{address}?{urlencode(asked)}" if address else ""
    return shown


def whose(request: HttpRequest, place: Place) -> dict[str, int]:
    """What a list is asked, so that it shows one merchant's rows to somebody who sees those of several."""
    return {} if has_one_merchant(request.user) else {"merchant__id__exact": place.merchant.pk}


def per_cent(share: float, digits: int) -> str:
    return formats.number_format(
        round(share * 100, digits), decimal_pos=None if digits else 0, force_grouping=True
    )


def number(value: int) -> str:
    return formats.number_format(value, force_grouping=True)


def figure(title: str, value: Any, remark: str, compared: str = "") -> dict[str, Any]:
    shown = number(value) if isinstance(value, int) else value
    return {"title": title, "value": shown, "remark": remark, "compared": compared}
