"""The customer's card: the page behind its access token, and its history."""

from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from groundwork.formats import qr
from loyalty import rules, selectors, showing
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.outputs import owed
from loyalty.outputs.reasons import fraction
from loyalty.pages.access import card_page, looks
from loyalty.pages.customer import friends
from loyalty.pages.customer.install import icon_address
from loyalty.pages.customer.presentation import History, StampCard, card_title, reward_lines
from loyalty.pages.customer.wallet import wallet_buttons
from loyalty.pages.formats import clock, day

NEWEST = 5
PAGE_SIZE = 25


@require_safe
@card_page
def show(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The card itself: QR code, stamps, points, rewards within reach, the newest of its history."""
    program, now = card.program, timezone.now()
    newest = list(told(card)[: NEWEST + 1])
    expires = expiry_to_announce(card, now)
    rewards = reward_lines(program, selectors.rewards_of(program), card.points_balance, card.points_owed)
    invitation = friends.invitation_of(card, now=now)
    context = looks(program, card.merchant) | {
        "card": card,
        "promotions": showing.of_card(card, now=now),
        "invitation": invitation,
        "is_nobodys": _is_nobodys(card),
        "title": card_title(card),
        "qr_svg": qr.svg(card.qr_code_data, title=card.display_number),
        "stamps": StampCard.of(program, card.stamp_count, card.stamps_owed) if program.has_stamps else None,
        "owed": owed.sentences(card, day=day),
        "kept": fraction(card.points_fraction) if card.points_fraction and not card.points_owed else "",
        "rewards": rewards,
        "rewards_ready": sum(reward.affordable for reward in rewards),
        "expiry_day": day(timezone.localtime(expires)) if expires else "",
        "history": history_of(card, now).lines(newest[:NEWEST]),
        "has_more_history": len(newest) > NEWEST,
        "stores": selectors.locations(card),
        "wallet_buttons": wallet_buttons(card, request),
        "touch_icon": icon_address(card, 180),
        "as_of": f"{day(timezone.localtime(now))}, {clock(timezone.localtime(now))}",
    }
    response = render(request, "pages/card.html", context)
    if invitation:
        friends.OWN_CARDS.add(request, response, card.pk)
    return response


def _is_nobodys(card: LoyaltyCard) -> bool:
    """Whether a lost phone takes the card along: nothing is known by which its holder could be found."""
    person = card.customer
    return not (person.email or person.pending_email or person.phone or person.pending_phone)


@require_safe
@card_page
def history(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """Every transaction of the card, newest first, in pages."""
    page = Paginator(told(card), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = history_of(card, timezone.now()).lines(page.object_list)
    context = looks(card.program, card.merchant) | {"card": card, "page": page, "history": lines}
    return render(request, "pages/card_history.html", context)


def told(card: LoyaltyCard) -> QuerySet[LoyaltyTransaction]:
    """All that happened to a card, newest first, with what explains it."""
    return selectors.history(card).select_related("terms", "purchase", "voids")


def history_of(card: LoyaltyCard, now: datetime) -> History:
    """How this card's history is told: in the merchant's time and currency."""
    return History(now=now, zone=card.merchant.tzinfo, currency=card.merchant.currency)


def expiry_to_announce(card: LoyaltyCard, now: datetime) -> datetime | None:
    """When the card's points expire (UTC), if that is so near that a warning is due; None otherwise."""
    moment = selectors.points_expire_at(card)
    notice = rules.warning_notice(card.program.points_expiration_days or 0)
    return moment if moment and moment - now <= notice else None
