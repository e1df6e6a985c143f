"""Imports: customers of an earlier system brought over with their balances, all of them or none.

A *line* is one person. Bringing the same line over twice changes nothing the second time: the person is known by
e-mail, and a card has one opening balance at most.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import services as customer_services
from customers.models import Customer
from loyalty import ledger, selectors, tokens
from loyalty.errors import ImportInterrupted
from loyalty.events import CardsEnrolled
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from tenancy import outbox
from tenancy.actor import Actor
from tenancy.models import Merchant, Store

LINES_AT_MOST = 10_000
CHUNK = 1_000
SWITCHED_OFF = _("The card of this customer is switched off.")
Item = TypeVar("Item")


@dataclass
class Line:
    """A person as the earlier system knew them: e-mail in lower case, phone as E.164, balances of 0 or more."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    birth_date: date | None = None
    language: str = ""
    marketing_consent: bool = False
    stamps: int = 0
    points: int = 0


@dataclass
class Plan:
    """What bringing lines over will do, or did. Lists are of line indexes, counted from 0."""

    lines: Sequence[Line]
    customers: dict[str, Customer]
    cards: dict[int, LoyaltyCard]
    opened: set[int] = field(default_factory=set)

    def customer(self, line: Line) -> Customer | None:
        return self.customers.get(line.email)

    def card(self, line: Line) -> LoyaltyCard | None:
        customer = self.customer(line)
        return self.cards.get(customer.pk) if customer else None

    def brings_balance(self, line: Line) -> bool:
        """Whether a line's balance is still to be written."""
        card = self.card(line)
        return bool(line.stamps or line.points) and (card is None or card.pk not in self.opened)

    @property
    def new_customers(self) -> int:
        return sum(self.customer(line) is None for line in self.lines)

    @property
    def new_cards(self) -> int:
        return sum(self.card(line) is None for line in self.lines)

    @property
    def balances(self) -> int:
        return sum(self.brings_balance(line) for line in self.lines)

    @property
    def stamps(self) -> int:
        return sum(line.stamps for line in self.lines if self.brings_balance(line))

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines if self.brings_balance(line))

    @property
    def refused(self) -> list[int]:
        """The lines whose card is there and switched off."""
        cards = [self.card(line) for line in self.lines]
        return [number for number, card in enumerate(cards) if card is not None and not card.is_active]


def foresee(*, store: Store, lines: Sequence[Line]) -> Plan:
    """What bringing these lines over to a store would do now; nothing is written."""
    program = selectors.program_of(store.merchant_id)
    emails = [line.email for line in lines]
    customers = {
        customer.email or "": customer
        for chunk in _chunks(emails)
        for customer in Customer.objects.filter(merchant_id=store.merchant_id, email__in=chunk)
    }
    cards = _cards_of(customers.values(), program, store)
    opened = {
        card_id
        for chunk in _chunks([card.pk for card in cards.values()])
        for card_id in LoyaltyTransaction.objects.filter(
            card_id__in=chunk, transaction_type=TransactionType.OPENING_BALANCE
        ).values_list("card_id", flat=True)
    }
    return Plan(lines, customers, cards, opened)


def _cards_of(customers: Iterable[Customer], program: LoyaltyProgram, store: Store) -> dict[int, LoyaltyCard]:
    """By customer: the card valid at the store, an active one if there are two."""
    found: dict[int, LoyaltyCard] = {}
    for chunk in _chunks([customer.pk for customer in customers]):
        cards = selectors.cards_at(store).filter(customer_id__in=chunk, program=program)
        for card in cards.order_by("is_active", "-id"):
            found[card.customer_id] = card
    return found


def bring_over(*, store: Store, actor: Actor, lines: Sequence[Line], announce: bool = False) -> Plan:
    """Make the customers and cards of these lines and write their balances, in one transaction.

    Who is known keeps what is known and gets what was missing. `announce` sends each new customer the e-mail of an
    enrolment. Returns what was done. Raises ManagerRequired, ProgramNotFound, or ImportInterrupted if a card is
    switched off or somebody enrolled at the same moment: nothing was written then.
    """
    actor.require_manager()
    try:
        with transaction.atomic():
            # Two imports of one merchant come one after the other: the second finds what the first has written.
            Merchant.objects.select_for_update(no_key=True, of=("self",)).get(pk=store.merchant_id)
            plan = foresee(store=store, lines=lines)
            if plan.refused:
                raise ImportInterrupted(SWITCHED_OFF)
            _write(plan, store, actor, announce=announce)
    except IntegrityError as error:
        raise ImportInterrupted() from error
    return plan


def _write(plan: Plan, store: Store, actor: Actor, *, announce: bool) -> None:
    program = selectors.program_of(store.merchant_id)
    settings = selectors.settings_of(store.merchant)
    for line in plan.lines:
        known = plan.customer(line)
        if known is not None:
            customer_services.fill_in(
                known, store=store, phone=line.phone or None, birth_date=line.birth_date
            )
    customers = plan.customers | _make_customers(
        [line for line in plan.lines if plan.customer(line) is None], store
    )
    everywhere = settings.allow_cross_location_redemption
    without = [customers[line.email] for line in plan.lines if plan.card(line) is None]
    made = _make_cards(without, program, store=store, scope_store=None if everywhere else store)
    cards = plan.cards | made
    balances = {cards[customers[line.email].pk].pk: line for line in plan.lines if plan.brings_balance(line)}
    touched = sorted({card.pk for card in made.values()} | balances.keys())
    for chunk in _chunks(touched):
        _post(chunk, balances, {card.pk for card in made.values()}, store, actor, settings.log_ip_addresses)
    if announce:
        for chunk in _chunks(sorted(card.pk for card in made.values())):
            outbox.record(CardsEnrolled(merchant_id=store.merchant_id, card_ids=chunk))


def _make_customers(lines: Sequence[Line], store: Store) -> dict[str, Customer]:
    now = timezone.now()
    rows = [
        Customer(
            merchant_id=store.merchant_id,
            store=store,
            email=line.email,
            first_name=line.first_name,
            last_name=line.last_name,
            phone=line.phone,
            birth_date=line.birth_date,
            preferred_language=line.language,
            marketing_consent=line.marketing_consent,
            marketing_consent_at=now if line.marketing_consent else None,
        )
        for line in lines
    ]
    return {row.email or "": row for row in Customer.objects.bulk_create(rows, batch_size=CHUNK)}


def _make_cards(
    customers: Sequence[Customer], program: LoyaltyProgram, *, store: Store, scope_store: Store | None
) -> dict[int, LoyaltyCard]:
    rows = [
        LoyaltyCard(
            merchant_id=store.merchant_id,
            program=program,
            customer=customer,
            enrolled_at_store=store,
            scope_store=scope_store,
            card_number=number,
            qr_code_data=tokens.letters(),
            access_token=tokens.letters(),
        )
        for customer, number in zip(customers, _free_numbers(len(customers)), strict=True)
    ]
    return {row.customer_id: row for row in LoyaltyCard.objects.bulk_create(rows, batch_size=CHUNK)}


def _free_numbers(count: int) -> list[str]:
    """Card numbers that nobody has; ten thousand new ones among a million may well meet one that is taken."""
    numbers: set[str] = set()
    while len(numbers) < count:
        wanted = {tokens.card_number() for _ in range(count - len(numbers))}
        for chunk in _chunks(sorted(wanted)):
            taken = LoyaltyCard.all_objects.filter(card_number__in=chunk)
            wanted -= set(taken.values_list("card_number", flat=True))
        numbers |= wanted
    return sorted(numbers, key=lambda number: number[::-1])


def _post(
    card_ids: Sequence[int],
    balances: dict[int, Line],
    new_ids: set[int],
    store: Store,
    actor: Actor,
    keep_address: bool,
) -> None:
    cards = ledger.lock(LoyaltyCard.objects.filter(pk__in=card_ids).select_related("program"))
    now = timezone.now()
    entries = []
    for card in cards:
        who: dict[str, Any] = {"card": card, "store": store, "actor": actor, "keep_address": keep_address}
        if card.pk in new_ids:
            entries.append(Entry(kind=TransactionType.CARD_CREATED, **who))
        if line := balances.get(card.pk):
            deltas: dict[str, Any] = {"stamps_delta": line.stamps, "points_delta": line.points}
            entries.append(Entry(kind=TransactionType.OPENING_BALANCE, **deltas, **who))
    ledger.post(entries, now=now)


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    return (list(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK))
