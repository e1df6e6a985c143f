"""How a shop begins: the steps up to the first stamp, each with its state as the data say, until all are done."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from groundwork import clock
from groundwork.formats import qr
from loyalty import links
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantLoyaltySettings, PointsReward, StaffPin
from tenancy.models import Invitation, Merchant, Store, StoreUser, Till
from tenancy.roles import OWNERS, role_for


@dataclass(frozen=True)
class Step:
    """One thing to do: where, and whether it is done. `code`: the QR code for the phone that it is done with."""

    title: str
    text: str
    url: str
    is_done: bool
    code: SafeString | None = None
    opens_beside: bool = False


def first_shop() -> list[Step]:
    """What an operator has to do first of all; nothing once there is a merchant."""
    text = _(
        "Its name and the owner’s address are enough: the owner is invited by e-mail, and shown all further steps."
    )
    url = reverse("admin:tenancy_merchant_add")
    return [] if Merchant.objects.exists() else [Step(_("The first shop"), text, url, is_done=False)]


def steps(user: Any, merchant: Merchant) -> list[Step]:
    """What an owner has to do until cards can be stamped; nothing once all of it is done, and for nobody else."""
    if role_for(user, merchant.pk) not in OWNERS:
        return []
    program = LoyaltyProgram.objects.filter(merchant=merchant).first()
    store = Store.objects.filter(merchant=merchant, is_active=True).order_by("pk").first()
    all_steps = [*_of_program(program), *_of_store(merchant, store, program), _team(user, merchant)]
    return [] if all(step.is_done for step in all_steps) else all_steps


def _of_program(program: LoyaltyProgram | None) -> list[Step]:
    url = (
        reverse("admin:loyalty_loyaltyprogram_change", args=[program.pk])
        if program
        else reverse("admin:loyalty_loyaltyprogram_add")
    )
    look = _("A name for the card, and your logo: the colours are taken from it.")
    gives = _("Stamps, points or both, and what they are given for.")
    reward = _("What a full card or enough points are good for.")
    return [
        Step(_("What you give"), gives, url, program is not None),
        Step(_("First reward"), reward, url, program is not None and _has_reward(program)),
        Step(_("Name and colours"), look, url, program is not None and _has_looks(program)),
    ]


def _has_looks(program: LoyaltyProgram) -> bool:
    """Whether anything of the card's look was chosen."""
    named = any(getattr(program, f"card_name_{language}") for language, _name in settings.LANGUAGES)
    usual = LoyaltyProgram(merchant_id=program.merchant_id)
    colors = ("card_color", "card_secondary_color")
    colored = any(getattr(program, name) != getattr(usual, name) for name in colors)
    return named or colored or bool(program.logo)


def _has_reward(program: LoyaltyProgram) -> bool:
    if program.has_stamps:
        languages = (language for language, _name in settings.LANGUAGES)
        return any(getattr(program, f"stamps_reward_description_{language}") for language in languages)
    return PointsReward.objects.filter(program=program, is_active=True).exists()


def _of_store(merchant: Merchant, store: Store | None, program: LoyaltyProgram | None) -> list[Step]:
    first_store = reverse("admin:tenancy_store_add")
    poster = reverse("join-poster", args=[store.store_code]) if store else first_store
    join = reverse("join", args=[store.store_code]) if store else first_store
    printed = MerchantLoyaltySettings.objects.filter(
        merchant=merchant, poster_opened_at__isnull=False
    ).exists()
    carded = LoyaltyCard.objects.filter(merchant=merchant).exists()
    pins = StaffPin.objects.filter(merchant=merchant, is_active=True)
    tills = Till.objects.filter(merchant=merchant, enrolled_at__isnull=False, revoked_at=None)
    code = (
        qr.svg(links.join_url(store), title=_("Enrolment page")) if store and program and not carded else None
    )
    is_open = store is not None and program is not None
    return [
        Step(
            _("Poster for the counter"),
            _("A PDF of A5 with the QR code that customers scan."),
            poster,
            printed,
            opens_beside=is_open,
        ),
        Step(
            _("A test card on your phone"),
            _("Scan the code with your phone and make yourself a card."),
            join,
            carded,
            code=code,
            opens_beside=is_open,
        ),
        Step(
            _("A till on your tablet"),
            _("Give it a name and scan its code with the tablet; then stamp your test card."),
            reverse("admin:tenancy_till_add"),
            tills.exists(),
        ),
        Step(
            _("A PIN for the till"),
            _("Whoever stamps types four digits of their own: you as well."),
            reverse("admin:loyalty_staffpin_add"),
            (program is not None and not program.require_staff_pin) or pins.exists(),
        ),
    ]


def _team(user: Any, merchant: Merchant) -> Step:
    others = StoreUser.objects.filter(merchant=merchant, is_active=True).exclude(user=user)
    asked = Invitation.objects.filter(
        merchant=merchant, accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
    )
    return Step(
        _("Invite your team"),
        _("Colleagues get an e-mail and choose their own password; at the till their PIN is enough."),
        reverse("admin:tenancy_invitation_add"),
        others.exists() or asked.exists(),
    )
