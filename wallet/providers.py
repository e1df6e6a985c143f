"""What the wallets tell the apps below them, which do not know them (`groundwork.messaging.wiring`)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Expression, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from groundwork.web.devices import platform_of
from loyalty.models import LoyaltyCard
from tenancy.former import Former
from wallet import config, health, pages, samples, set_up
from wallet.models import Platform, WalletPass
from wallet.services import doctor, funnel, passes
from wallet.set_up import Finding

PAGES = {Platform.APPLE: "card-pass", Platform.GOOGLE: "card-google"}


def card_annotations() -> dict[str, Expression]:
    """For `loyalty`: `apple_pass_state` and `google_pass_state` of a card; null where it has no such pass."""

    def state(platform: Platform) -> Subquery:
        living = WalletPass.objects.filter(card=OuterRef("pk"), platform=platform, retired_at__isnull=True)
        return Subquery(living.values("state")[:1])

    return {f"{platform.value}_pass_state": state(platform) for platform in Platform}


def card_facts_then(moments: Sequence[tuple[LoyaltyCard, datetime]]) -> list[dict[str, str | None]]:
    """The same of cards as they were at moments (UTC), in their order."""
    passes_of: dict[int, list[WalletPass]] = defaultdict(list)
    rows = list(WalletPass.objects.filter(card__in={card.pk for card, _at in moments}).order_by("pk"))
    for row in rows:
        passes_of[row.card_id].append(row)
    former = Former.of(rows, since=min(at for _card, at in moments))

    def state(card: LoyaltyCard, platform: Platform, at: datetime) -> str | None:
        mine = [row for row in passes_of[card.pk] if row.platform == platform and row.created_at <= at]
        were = (former.at(row, at) for row in mine)
        return next((row.state for row in were if row.retired_at is None or row.retired_at > at), None)

    return [
        {f"{platform.value}_pass_state": state(card, platform, at) for platform in Platform}
        for card, at in moments
    ]


def wallet_buttons(card: LoyaltyCard, request: HttpRequest) -> list[dict[str, str]]:
    """For the card and done pages: one button per wallet that is set up, and that the device does not lack.

    That they were offered is noted for the funnel, when somebody looks (HEAD does not).
    """
    offered = [platform for platform in passes.platforms() if platform_of(request) in ("", platform.value)]
    if request.method == "GET":
        funnel.offered(card, offered)
    return [
        {
            "platform": platform.value,
            "url": reverse(PAGES[platform], args=[card.access_token]),
            "label": _("Add to %(wallet)s") % {"wallet": platform.label},
        }
        for platform in offered
    ]


def wallet_names() -> list[str]:
    """For the poster: the wallets that are set up, as people know them."""
    return [str(platform.label) for platform in passes.platforms()]


def into_wallet(card: LoyaltyCard, request: HttpRequest) -> HttpResponse | None:
    """For the one link to both wallets: the .pkpass, or the way to Google's page, as the device that asks takes it."""
    device = platform_of(request)
    if device not in passes.platforms():
        return None
    return pages.into_apple(card, request) if device == Platform.APPLE else pages.into_google(card)


def email_variables(card: LoyaltyCard) -> dict[str, str]:
    """For `notifications`: wallet_url, which fits every device, apple_url and google_url, those that work."""
    names = {f"{platform.value}_url": PAGES[platform] for platform in passes.platforms()}
    if names:
        names["wallet_url"] = "card-wallet"
    return {
        variable: config.public_url(reverse(page, args=[card.access_token]))
        for variable, page in names.items()
    }


def test_pass_url() -> str:
    """For `notifications`: where a phone gets a pass to try the set-up with; empty while no wallet is set up."""
    program = doctor.program_to_try() if passes.platforms() else None
    return samples.address(program.pk) if program else ""


def dashboard_alerts(merchant_ids: Iterable[int] | None) -> list[dict[str, str]]:
    """What needs somebody: passes that lag, and (for operators, who get None) settings and certificates."""
    passes_page = reverse("admin:wallet_walletpass_changelist")
    ids = None if merchant_ids is None else frozenset(merchant_ids)
    alerts = [
        {
            "level": "warning",
            "text": health.lag_text(platform, count),
            "url": f"{passes_page}?platform__exact={platform.value}&update=behind",
        }
        for platform, count in health.lagging(ids).items()
    ]
    if ids is None:
        seen = [Finding(str(platform.label), symptom.problem) for platform, symptom in doctor.last_seen()]
        for finding in [*health.refusals(), *health.refused_designs(), *set_up.findings(), *seen]:
            alerts.append({"level": finding.problem.level, "text": str(finding), "url": passes_page})
    return alerts
