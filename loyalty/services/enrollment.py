"""Enrolment: a customer gets a card, or the one they have already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction

from customers import services as customers
from customers.errors import PhoneTaken
from customers.models import Customer
from groundwork import clock, deletion
from groundwork.formats.phone import to_e164
from groundwork.formats.text import one_line
from groundwork.idempotency.once import exactly_once
from groundwork.messaging import outbox
from groundwork.web.attempts import digest
from loyalty import finding, ledger, notes, selectors, tokens
from loyalty.errors import (
    CustomerIdentifierRequired,
    CustomerNotFound,
    ProgramInactive,
    ProgramNotFound,
    SelfEnrollmentDisabled,
)
from loyalty.events import CardLinkRequested, CardsEnrolled, CardStateChanged, WelcomeBonusGiven
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantLoyaltySettings, TransactionType
from loyalty.services import cards as card_services
from loyalty.services import friends, staff_tokens
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound
from tenancy.models import Store

COLLISIONS = 5
NEW_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Enrollment:
    """The card; whether it was there before; where it works; other cards of the person that might be merged.

    `customer_is_new`: this call made the customer. If not, whoever typed their e-mail or phone may be a stranger:
    nobody is then shown the way to the card, even a new one, because its page tells and exports all about the person.
    """

    card: LoyaltyCard
    already_enrolled: bool
    locations: list[Store]
    merge_suggestion: list[int] = field(default_factory=list)
    customer_is_new: bool = False


@exactly_once
def enroll(
    *,
    store: Store,
    actor: Actor,
    email: str | None = None,
    customer_id: int | None = None,
    name: str = "",
    phone: str | None = None,
    birth_date: date | None = None,
    language: str | None = None,
    marketing_consent: bool | None = None,
    create_if_missing: bool = False,
    nameless: bool = False,
    self_service: bool = False,
    brought_by: str = "",
    own_cards: Collection[int] = (),
) -> Enrollment:
    """Give a person a card that is valid at a store.

    Staff name a customer by id, e-mail or phone, and make one, of whom a name is enough, with `create_if_missing`, or
    one of whom nothing is known (`nameless`); on the public page (`self_service`) customers make themselves. Who has a
    card gets it back, without a second bonus or e-mail; on the public page its link is sent to its owner. There
    `brought_by` is the code of a friend's invitation, and `own_cards` are those known on the same device. Raises
    StoreNotFound, ProgramNotFound, ProgramInactive, SelfEnrollmentDisabled, CustomerIdentifierRequired,
    CustomerNotFound or PhoneTaken.
    """
    program, settings = _open_program(store, self_service=self_service)
    name, may_be_made = one_line(name), create_if_missing or nameless or self_service
    if customer_id is None and not (email or phone or nameless or self_service or (name and may_be_made)):
        raise CustomerIdentifierRequired()
    customer = _known(store, customer_id, email, phone)
    person: dict[str, Any] = {"phone": phone, "birth_date": birth_date}
    is_new = False
    if customer is None:
        if customer_id is not None or not may_be_made:
            raise CustomerNotFound()
        make = _make_self if self_service else customers.find_or_create
        if self_service:
            person["terms_version"] = accepted_terms(program)
        person |= {"email": email, "name": name, "language": language, "marketing_consent": marketing_consent}
        customer, is_new = make(store=store, **person)
    elif not self_service:
        customers.fill_in(customer, store=store, **person)
    given = _card_for(customer, program, settings, store=store, actor=actor, self_service=self_service)
    if is_new and self_service and brought_by:
        friends.bring(given.card, by=brought_by, store=store, email=email, phone=phone, own_cards=own_cards)
    return replace(given, customer_is_new=is_new)


def accepted_terms(program: LoyaltyProgram) -> str:
    """Which terms somebody accepts who enrols now: those of the program, and a digest of their text."""
    text = digest(f"{program.terms_text} {program.privacy_url}")[:12]
    return f"{program.terms_id}-{text}"


def _known(store: Store, customer_id: int | None, email: str | None, phone: str | None) -> Customer | None:
    if customer_id is not None:
        return Customer.objects.filter(pk=customer_id, merchant_id=store.merchant_id).first()
    number = to_e164(phone, store.country) if phone else None
    return customers.find(merchant=store.merchant, email=email, phone=number)


def _make_self(*, store: Store, phone: str | None, **person: Any) -> tuple[Customer, bool]:
    """Make whoever typed this. A phone that is somebody else's is left out: they learn nothing of that person."""
    try:
        return customers.find_or_create(store=store, phone=phone, **person)
    except PhoneTaken:
        return customers.find_or_create(store=store, phone=None, **person)


def _open_program(store: Store, *, self_service: bool) -> tuple[LoyaltyProgram, MerchantLoyaltySettings]:
    """The program that takes new cards at a store, held until the transaction ends, and its merchant's settings."""
    if not deletion.hold(store.merchant, store):
        raise StoreNotFound()
    program = selectors.program_of(store.merchant_id)
    if not deletion.hold(program):
        raise ProgramNotFound()
    if not program.is_active:
        raise ProgramInactive()
    settings = selectors.settings_of(store.merchant)
    if self_service and not settings.allow_self_enrollment:
        raise SelfEnrollmentDisabled()
    return program, settings


def _card_for(
    customer: Customer,
    program: LoyaltyProgram,
    settings: MerchantLoyaltySettings,
    *,
    store: Store,
    actor: Actor,
    self_service: bool,
) -> Enrollment:
    # The customer's row is the meeting point of two enrolments at the same moment.
    met = Customer.objects.select_for_update(no_key=True, of=("self",)).filter(pk=customer.pk)
    if not met:  # deleted at this very moment
        raise CustomerNotFound()
    now = clock.now()
    everywhere = settings.allow_cross_location_redemption
    cards = list(LoyaltyCard.objects.filter(customer=customer, program=program).order_by("id"))
    card = _valid_at(store, cards)
    if everywhere:
        card = _widen(cards) or card
    already_enrolled = card is not None
    if card is not None:
        card = finding.remaining(store, card)
    else:
        card = _create_card(customer, program, store=store, scope_store=None if everywhere else store)
        _write_first_lines(card, program, settings, store=store, actor=actor, now=now)
    if already_enrolled and self_service:
        outbox.record(CardLinkRequested(merchant_id=card.merchant_id, card_ids=[card.pk]))
    others = [other.pk for other in cards if other.pk != card.pk and other.is_active] if everywhere else []
    shown = selectors.card_at(store, card.pk)
    return Enrollment(shown, already_enrolled, list(selectors.locations(shown)), others)


def _valid_at(store: Store, cards: list[LoyaltyCard]) -> LoyaltyCard | None:
    """The card valid at a store: an active one first, one for all stores before one for this store."""
    valid = [card for card in cards if card.scope_store_id in (None, store.pk)]
    valid.sort(key=lambda card: (not card.is_active, card.scope_store_id is not None, card.pk))
    return valid[0] if valid else None


def _widen(cards: list[LoyaltyCard]) -> LoyaltyCard | None:
    """Make a person's only card valid at all stores, after the merchant has switched that on; None if not so."""
    kept = [card for card in cards if card.merged_into_id is None]
    if len(kept) != 1 or not card_services.widen(kept[0]):
        return None
    outbox.record(CardStateChanged(merchant_id=kept[0].merchant_id, card_ids=[kept[0].pk]))
    return kept[0]


@transaction.atomic
def enroll_nameless(
    *, store: Store, actor: Actor, customer: Customer, names: Mapping[str, str]
) -> LoyaltyCard:
    """Give a customer of whom nothing is known a card under names that are printed already, as any other enrolment.

    Parameters: names - `card_number` and `qr_code_data`. Raises StoreNotFound, ProgramNotFound or ProgramInactive.
    """
    program, settings = _open_program(store, self_service=False)
    scope_store = None if settings.allow_cross_location_redemption else store
    card = _create_card(customer, program, store=store, scope_store=scope_store, names=names)
    _write_first_lines(card, program, settings, store=store, actor=actor, now=clock.now())
    return selectors.card_at(store, card.pk)


def _create_card(
    customer: Customer,
    program: LoyaltyProgram,
    *,
    store: Store,
    scope_store: Store | None,
    names: Mapping[str, str] = NEW_NAMES,
) -> LoyaltyCard:
    for attempt in range(COLLISIONS):
        card = LoyaltyCard(
            merchant_id=store.merchant_id,
            program=program,
            customer=customer,
            enrolled_at_store=store,
            scope_store=scope_store,
            card_number=names.get("card_number") or tokens.card_number(),
            qr_code_data=names.get("qr_code_data") or tokens.letters(),
            access_token=tokens.letters(),
        )
        try:
            with transaction.atomic():
                card.save(force_insert=True)
        except IntegrityError:  # a number that is taken: make another
            if attempt == COLLISIONS - 1:
                raise
        else:
            return card
    raise AssertionError("unreachable")


def _write_first_lines(
    card: LoyaltyCard,
    program: LoyaltyProgram,
    settings: MerchantLoyaltySettings,
    *,
    store: Store,
    actor: Actor,
    now: datetime,
) -> None:
    # A new card asks for no PIN, but who has typed theirs is named with it.
    staff_pin = staff_tokens.identify(actor.staff_token, store, device=actor.device, now=now, required=False)
    who: dict[str, Any] = {
        "store": store,
        "actor": actor,
        "staff_pin": staff_pin,
        "keep_address": settings.log_ip_addresses,
    }
    entries = [Entry(card=card, kind=TransactionType.CARD_CREATED, **who)]
    bonus = program.welcome_bonus_points if program.has_points else 0
    if bonus:
        entries.append(
            Entry(
                card=card,
                kind=TransactionType.WELCOME_BONUS,
                points_delta=bonus,
                notes=notes.WELCOME,
                terms_id=program.terms_id,
                **who,
            )
        )

    def enrolled(ids: list[int]) -> CardsEnrolled:
        return CardsEnrolled(merchant_id=card.merchant_id, card_ids=[card.pk], transaction_ids=ids[:1])

    def welcomed(ids: list[int]) -> WelcomeBonusGiven:
        return WelcomeBonusGiven(merchant_id=card.merchant_id, card_ids=[card.pk], transaction_ids=ids[1:])

    ledger.post(entries, now=now, announce=[enrolled, welcomed] if bonus else [enrolled])
