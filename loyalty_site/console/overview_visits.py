"""The overview's figures of visits in words: how often people come, who comes back, where new cards come from."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.reporting import visits
from loyalty.reporting.visits import Share, Visits
from loyalty.visiting import WITHIN
from loyalty_site.console.overview_figures import figure, number, per_cent, whose
from loyalty_site.console.places import Place


def of_place(request: HttpRequest, place: Place, days: int) -> dict[str, Any]:
    """What the template shows of a place: the day up to which it was counted, figures, sources of new cards."""
    found = visits.kept(place.merchant, place.store)
    if found is None:
        return {"visits_as_of": None}
    lists = _Lists(request, place)
    return {
        "visits_as_of": found.as_of,
        "visits_behind": found.is_behind,
        "visits": [
            _visits(found, days, lists),
            *(_came_back(found, within, days, lists) for within in WITHIN),
        ],
        "sources": _sources(found, days, lists),
    }


class _Lists:
    """The addresses of lists, with what is asked of them."""

    def __init__(self, request: HttpRequest, place: Place) -> None:
        self.whose = whose(request, place)
        self.store = place.store.pk if place.store else None

    def _address(self, page: str, asked: dict[str, Any], store: str) -> str:
        here = {store: self.store} if self.store else {}
        return f"{reverse(f'admin:loyalty_{page}_changelist')}?{urlencode(asked | here | self.whose)}"

    def lines(self, **asked: Any) -> str:
        """Lines that were made here."""
        return self._address("loyaltytransaction", asked, "store__id__exact")

    def visitors(self, **asked: Any) -> str:
        """Cards, by their visits here."""
        return self._address("loyaltycard", asked, "visited")

    def new_cards(self, **asked: Any) -> str:
        """Cards that were enrolled here."""
        return self._address("loyaltycard", asked, "enrolled_at_store__id__exact")


def _visits(found: Visits, days: int, lists: _Lists) -> dict[str, Any]:
    now, before = found.visits(days)
    remark = ngettext("%(visits)s, %(cards)s card", "%(visits)s, %(cards)s cards", now.whole) % {
        "visits": ngettext("%(count)s visit", "%(count)s visits", now.part) % {"count": number(now.part)},
        "cards": number(now.whole),
    }
    earlier = ngettext("%(number)s the day before", "%(number)s in the %(days)s days before", days)
    compared = earlier % {"number": _each(before), "days": days}
    shown = figure(_("Visits per customer"), _each(now), remark, compared)
    first = found.as_of - timedelta(days=days - 1)
    return shown | {
        "url": lists.lines(visit="yes", when_from=f"{first}T00:00", when_to=f"{found.as_of}T23:59")
    }


def _came_back(found: Visits, within: int, days: int, lists: _Lists) -> dict[str, Any]:
    now, before = found.came_back(within, days)
    title = ngettext("Came back within %(days)d day", "Came back within %(days)d days", within)
    remark = ngettext("%(back)s of %(cards)s card", "%(back)s of %(cards)s cards", now.whole)
    remark %= {"back": number(now.part), "cards": number(now.whole)}
    earlier = ngettext("a day earlier: %(share)s", "%(days)s days earlier: %(share)s", days)
    shown = figure(
        title % {"days": within},
        _share(now),
        remark,
        earlier % {"share": _share(before), "days": days},
    )
    first, last = found.first_days(within)
    asked = {"first_visit_from": first, "first_visit_to": last, "came_back": within}
    return shown | {"url": lists.visitors(**asked)}


def _sources(found: Visits, days: int, lists: _Lists) -> list[dict[str, Any]]:
    first = found.as_of - timedelta(days=days - 1)
    asked = {"enrolled_from": first, "enrolled_to": found.as_of}
    return [
        {
            "name": source.label,
            "now": number(now),
            "before": number(before),
            "url": lists.new_cards(source=source.value, **asked),
        }
        for source, now, before in found.sources(days)
    ]


def _each(share: Share) -> str:
    each = share.of_one
    return "–" if each is None else formats.number_format(each, decimal_pos=1, force_grouping=True)


def _share(share: Share) -> str:
    part = share.of_one
    return "–" if part is None else f"{per_cent(part, 0)}\N{NARROW NO-BREAK SPACE}%"
