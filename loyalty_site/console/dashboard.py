"""The overview: figures and charts of a place, what needs somebody, and what happened last."""

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork import clock
from groundwork.console.charts import Chart, Series, chart
from groundwork.messaging import outbox
from loyalty import selectors, showing
from loyalty.models import LoyaltyProgram, LoyaltyTransaction, Observation
from loyalty.reporting import fairness, statistics
from loyalty_site.console import beginning, overview_visits
from loyalty_site.console.overview_figures import Figures, cards, linked, period_name
from loyalty_site.console.places import PERIODS, Place, chosen, opened_merchant, period, places
from notifications import selectors as notifications
from tenancy.models import Merchant, Store
from tenancy.roles import (
    MANAGERS,
    granted,
    is_operator,
    owned_merchant_ids,
    visible_to,
)
from wallet import providers as wallets

logger = logging.getLogger(__name__)

NEWEST = 10
MERCHANTS = 50
LATE_MINUTES = 10  # that the outbox may wait before operators are told
UNVERIFIED = timedelta(days=2)
TOLD_FOR = timedelta(days=60)  # that nobody looks at what stands out
ALERTS = (notifications.dashboard_alerts, wallets.dashboard_alerts)


def context(request: HttpRequest) -> dict[str, Any]:
    """What the overview's template shows to this user."""
    among = places(request, opened_merchant(request))
    place, days = chosen(request, among), period(request)
    shown: dict[str, Any] = {
        "is_operator": is_operator(request.user),
        "places": among,
        "place": place,
        "days": days,
        "periods": [(number, period_name(number)) for number in PERIODS],
        "alerts": alerts(request),
        "steps": _steps(request, place),
        "newest": newest(request, place),
        "merchants": merchants() if is_operator(request.user) and place is None else [],
        "verdict": verdict() if is_operator(request.user) and place is None else "",
    }
    program = _program_of(place.merchant) if place else None
    if place is not None and program is not None:
        both = _statistics(program, place, 2 * days)
        figures: Figures = {**both, "daily": both["daily"][days:], "before": both["daily"][:days]}
        shown |= {
            "program": program,
            "is_rebuilding": figures["is_rebuilding"],
            "figures": linked(request, program, cards(program, figures, days), place, days),
            "charts": charts(program, figures),
            "promotions": promotions(program, place),
            **overview_visits.of_place(request, place, days),
        }
    return shown


def _steps(request: HttpRequest, place: Place | None) -> list[beginning.Step]:
    """What is still to be done before the first stamp."""
    if place is None:
        return beginning.first_shop() if is_operator(request.user) else []
    return beginning.steps(request.user, place.merchant) if place.store is None else []


def _program_of(merchant: Merchant) -> LoyaltyProgram | None:
    return LoyaltyProgram.objects.filter(merchant=merchant).select_related("merchant").first()


def _statistics(program: LoyaltyProgram, place: Place, days: int) -> Figures:
    now = timezone.now()
    if place.store is None:
        return statistics.of_program(program, now=now, days=days)
    return statistics.of_store(program, place.store, now=now, days=days)


def charts(program: LoyaltyProgram, figures: Figures) -> list[Chart]:
    """The figures per day."""
    daily = figures["daily"]
    days = [date.fromisoformat(day["date"]) for day in daily]

    def series(name: str, title: str, css_class: str) -> Series:
        return Series(title, css_class, [day[name] for day in daily])

    drawn = [chart(_("New cards"), days, [series("new_cards", _("new cards"), "bar-one")])]
    if program.has_stamps:
        lines = [series("stamps", _("stamps"), "bar-one"), series("stamps_redeemed", _("rewards"), "bar-two")]
        drawn.append(chart(_("Stamps"), days, lines))
    if program.has_points:
        lines = [
            series("points_issued", _("given"), "bar-one"),
            series("points_redeemed", _("redeemed"), "bar-two"),
            series("points_expired", _("expired"), "bar-three"),
        ]
        drawn.append(chart(_("Points"), days, lines))
    return drawn


def promotions(program: LoyaltyProgram, place: Place) -> list[dict[str, Any]]:
    """What runs at a place today: the promotion, and what it says."""
    if not program.has_promotions:
        return []
    stores = Store.objects.filter(merchant=program.merchant).select_related("merchant").order_by("pk")
    here = list(stores.filter(pk=place.store.pk) if place.store else stores)
    now = clock.now()
    shown = showing.at_stores(program, here, now=now)
    said = showing.in_words(shown, here, now=now)
    return [{"row": each.promotion, "text": text} for each, text in zip(shown, said, strict=True)]


# --- What happened, and what needs somebody -----------------------------------------------------------------


def newest(request: HttpRequest, place: Place | None) -> Iterable[LoyaltyTransaction]:
    """The last lines of the ledger at a place; an operator's without one are everybody's."""
    lines = visible_to(request.user, selectors.transactions())
    if place is not None:
        lines = lines.filter(store=place.store) if place.store else lines.filter(merchant=place.merchant)
    return lines[:NEWEST]


def alerts(request: HttpRequest) -> list[dict[str, Any]]:
    """Failures that somebody should look at: all for operators, an owner's own; and what stands out at their tills."""
    if is_operator(request.user):
        return [*_stuck_messages(), *_unfair(), *_asked(None)]
    owned = owned_merchant_ids(request.user)
    return [*(_asked(sorted(owned)) if owned else ()), *_standing_out(request)]


def _standing_out(request: HttpRequest) -> Iterable[dict[str, Any]]:
    """What nobody has looked at, to whom may say that it is fine."""
    rows = granted(request.user, visible_to(request.user, Observation.objects.all()), MANAGERS)
    since = timezone.localdate() - TOLD_FOR
    count = rows.filter(seen_at__isnull=True, day__gte=since).count()
    if count:
        text = ngettext(
            "%(count)d thing stands out at your tills.", "%(count)d things stand out at your tills.", count
        )
        address = f"{reverse('admin:loyalty_observation_changelist')}?seen=no"
        yield {"level": "warning", "text": text % {"count": count}, "url": address}


def _asked(merchants: list[int] | None) -> Iterable[dict[str, Any]]:
    for provide in ALERTS:
        try:
            yield from provide(merchants)
        except Exception:  # the overview opens above all when something is broken
            logger.exception("a provider of alerts failed", extra={"provider": provide.__module__})
            yield {"level": "error", "text": _("A check did not run. Its failure is in the log."), "url": ""}


def _stuck_messages() -> Iterable[dict[str, Any]]:
    lag = outbox.OUTBOX.lag()
    dead, minutes = int(lag["dead"]), int(lag["late_seconds"] // 60)
    url = reverse("admin:tenancy_outboxmessage_changelist")
    if dead:
        text = ngettext(
            "%(count)d announcement was given up.", "%(count)d announcements were given up.", dead
        )
        yield {"level": "error", "text": text % {"count": dead}, "url": f"{url}?state__exact=dead"}
    if minutes >= LATE_MINUTES:
        text = _("Announcements have been waiting for %(count)d minutes. Is a worker running?")
        yield {"level": "error", "text": text % {"count": minutes}, "url": f"{url}?state__exact=waiting"}


def _unfair() -> Iterable[dict[str, Any]]:
    verified_at, found = fairness.last_verdict()
    if found:
        text = ngettext(
            "%(count)d promise to customers was broken. The log of the night names it.",
            "%(count)d promises to customers were broken. The log of the night names them.",
            found,
        )
        yield {"level": "error", "text": text % {"count": found}, "url": ""}
    if verified_at is not None and timezone.now() - verified_at > UNVERIFIED:
        text = _("Nobody has verified since %(day)s that promises to customers are kept.")
        day = formats.date_format(verified_at.date(), "SHORT_DATE_FORMAT")
        yield {"level": "warning", "text": text % {"day": day}, "url": ""}


def verdict() -> str:
    """When it was last verified that promises are kept, if all are; what is broken stands among the alerts."""
    verified_at, found = fairness.last_verdict()
    if verified_at is None:
        return _("Nobody has verified yet that promises to customers are kept: it is done each night.")
    moment = formats.date_format(timezone.localtime(verified_at), "SHORT_DATETIME_FORMAT")
    return (
        "" if found else _("Promises to customers, verified %(moment)s: all are kept.") % {"moment": moment}
    )


def merchants() -> list[Merchant]:
    """For an operator without a merchant opened: the first fifty by name, with how many stores they have."""
    of_each = Store.objects.filter(merchant=OuterRef("pk")).order_by().values("merchant")
    counted = Coalesce(Subquery(of_each.annotate(number=Count("pk")).values("number")), 0)
    return list(Merchant.objects.annotate(number_of_stores=counted).order_by("name")[:MERCHANTS])
