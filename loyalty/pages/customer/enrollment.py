"""Getting a card: the form behind the QR code on the counter, and the page right after it.

Who has just enrolled is known for a quarter of an hour by a signed cookie, valid under this store's address only;
somebody who typed another person's e-mail or phone gets none of that person's data.
"""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from groundwork import clock
from groundwork.errors import DomainError, RateLimited
from groundwork.formats import qr
from groundwork.idempotency.once import Answer, Claim, fingerprint
from groundwork.web import client, rate_limits
from loyalty import selectors, showing
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.pages import errors
from loyalty.pages.access import looks, private, store_page
from loyalty.pages.customer import friends
from loyalty.pages.customer.forms import EnrollmentForm
from loyalty.pages.customer.presentation import Headline, StampCard, card_title, points_rule, reward_lines
from loyalty.pages.customer.wallet import wallet_buttons
from loyalty.ports import texting
from loyalty.services import enrollment
from tenancy.actor import Actor
from tenancy.models import Store
from tenancy.selectors import open_stores

COOKIE = "joined"
ONCE = "once"  # the field that tells a form that is sent again from one that was opened anew
COOKIE_SECONDS = 15 * 60


@dataclass(frozen=True)
class Joined:
    """What the next page may know: the new card of a new customer, or else only where their card works."""

    store_ids: list[int]
    card_id: int | None = None
    already_enrolled: bool = False
    gave_email: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
@store_page
def join(request: HttpRequest, store: Store, program: LoyaltyProgram) -> HttpResponse:
    """The enrolment form. It works without scripts and keeps what was typed, whatever is wrong."""
    if not selectors.settings_of(store.merchant).allow_self_enrollment:
        return render(request, "pages/join_closed.html", teaser(store, program), status=403)
    if request.method != "POST":
        return form_page(request, store, program, EnrollmentForm(country=store.country))
    form = EnrollmentForm(request.POST, country=store.country)
    try:
        rate_limits.check("public_enroll", f"{store.pk}:{client.network(request)}")
        if not form.is_valid():
            return form_page(request, store, program, form)
        joined = enroll(request, store, form)
    except DomainError as refusal:
        return form_page(request, store, program, form, refusal)
    response = redirect("join-done", store.store_code)
    remember(request, response, store, joined)
    if joined.card_id is not None:
        friends.OWN_CARDS.add(request, response, joined.card_id)
    return response


def invited_by(request: HttpRequest) -> str:
    """The code of the invitation by which somebody comes; empty for none."""
    return request.POST.get(friends.PARAMETER) or request.GET.get(friends.PARAMETER, "")


def enroll(request: HttpRequest, store: Store, form: EnrollmentForm) -> Joined:
    """Make the card, or find that there is one; what that person is told then goes to them by e-mail.

    A form that is sent twice, by a second tap or as its first answer was lost, makes one card, and has one answer.
    """
    actor = Actor(ip_address=client.address(request), user_agent=client.agent(request))
    sent = fingerprint("POST", request.path, sorted(request.POST.items()))
    claim = Claim(
        place={"merchant_id": store.merchant_id, "store_id": store.pk},
        credential=actor.credential,
        key=f"join:{sent}" if request.POST.get(ONCE) else None,
        fingerprint=sent,
    )

    def answer(result: enrollment.Enrollment) -> Answer:
        return Answer(status=201, body=asdict(joined_by(request, store, form, result)))

    answered = enrollment.enroll.once(claim, answer)(
        store=store,
        **form.person(),
        language=get_language(),
        self_service=True,
        brought_by=invited_by(request),
        own_cards=friends.OWN_CARDS.ids(request),
        actor=actor,
    )
    return Joined(**answered.body)


def joined_by(
    request: HttpRequest, store: Store, form: EnrollmentForm, result: enrollment.Enrollment
) -> Joined:
    """What the browser that sent the form may know of what came of it."""
    before = recall(request, store)
    # Who went back and sent the form once more sees the card that they have just made here.
    is_own = result.customer_is_new or (before is not None and before.card_id == result.card.pk)
    return Joined(
        store_ids=[place.pk for place in result.locations],
        card_id=result.card.pk if is_own else None,
        already_enrolled=result.already_enrolled,
        gave_email=bool(form.cleaned_data["email"]),
    )


def form_page(
    request: HttpRequest,
    store: Store,
    program: LoyaltyProgram,
    form: EnrollmentForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    """The form as typed, with the errors beside their fields and the first of them in focus."""
    problem = form.take(refusal) if refusal else ""
    if isinstance(refusal, RateLimited):
        problem = errors.too_fast(refusal)
    form.focus_first_error()
    context = teaser(store, program) | {"form": form, "fields": form.typed_fields(), "problem": problem}
    context |= {"once": uuid4()} | friends.promised(invited_by(request), store, program, now=clock.now())
    response = render(request, "pages/join.html", context, status=refusal.status if refusal else 200)
    add_never_cache_headers(response)
    if refusal and "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


@require_safe
@store_page
def done(request: HttpRequest, store: Store, program: LoyaltyProgram) -> HttpResponse:
    """The new card, for whoever has just made it; back to the form for anybody else."""
    joined = recall(request, store)
    if joined is None:
        return redirect("join", store.store_code)
    stores = open_stores().filter(pk__in=joined.store_ids).order_by("name", "pk")
    context = looks(program, store.merchant) | {"stores": stores, "gave_email": joined.gave_email}
    if joined.card_id is None:
        context |= {
            "already_enrolled": joined.already_enrolled,
            "can_text": any(app.can_text() for app in texting),
        }
        return private(render(request, "pages/join_known.html", context))
    card = selectors.card_at(store, joined.card_id)
    return private(render(request, "pages/join_done.html", context | new_card(request, card)))


def new_card(request: HttpRequest, card: LoyaltyCard) -> dict[str, Any]:
    """What the page shows of a card that was made a moment ago."""
    return {
        "card": card,
        "title": card_title(card),
        "qr_svg": qr.svg(card.qr_code_data, title=card.display_number),
        "stamps": StampCard.of(card.program, card.stamp_count) if card.program.has_stamps else None,
        "card_url": reverse("card", args=[card.access_token]),
        "wallet_buttons": wallet_buttons(card, request),
    }


def teaser(store: Store, program: LoyaltyProgram) -> dict[str, Any]:
    """What the card promises, for those who do not have it yet."""
    now = clock.now()
    runs = showing.for_everybody(showing.at_store(program, store, now=now))
    return looks(program, store.merchant) | {
        "store": store,
        "promotions": showing.in_words(runs, [], now=now, here=store),
        "headline": Headline.of(program),
        "stamps": StampCard.of(program, 0) if program.has_stamps else None,
        "points_rule": points_rule(program, store.merchant.currency),
        "rewards": reward_lines(program, selectors.rewards_of(program), 0) if program.has_points else [],
    }


def remember(request: HttpRequest, response: HttpResponse, store: Store, joined: Joined) -> None:
    """Let this browser, and no other, see the page that follows."""
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(joined), salt=_salt(store)),
        max_age=COOKIE_SECONDS,
        path=reverse("join", args=[store.store_code]),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def recall(request: HttpRequest, store: Store) -> Joined | None:
    """What `remember` noted a short while ago at this store; None for anything else."""
    try:
        return Joined(
            **signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(store), max_age=COOKIE_SECONDS)
        )
    except signing.BadSignature:
        return None


def _salt(store: Store) -> str:
    return f"{settings.ROOT_URLCONF}.joined.{store.pk}"
