"""Imports: customers of an earlier system brought over with their balances, all of them or none.

A *line* is one person. Bringing the same line over twice changes nothing the second time: the person is known by
e-mail, or by phone where there is no e-mail, and a card has one opening balance at most.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count, islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import services as customer_services
from customers.models import Customer
from groundwork import deletion
from groundwork.database import advisory_lock, bulk
from groundwork.database.advisory_lock import Work
from groundwork.messaging import outbox
from loyalty import ledger, selectors, tokens
from loyalty.errors import ImportInterrupted, ProgramNotFound
from loyalty.events import CardsEnrolled
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound
from tenancy.models import Store

LINES_AT_MOST = 200_000
CHUNK = 1_000
SWITCHED_OFF = _("The card of this customer is switched off.")
Item = TypeVar("Item")
Balance = tuple[int, int]  # stamps, points


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

    @property
    def known_by(self) -> str:
        """What a person is found by again: the address, else the phone."""
        return self.email or self.phone


@dataclass
class Plan:
    """What bringing some lines over will do. Lists are of line indexes, counted from 0."""

    lines: Sequence[Line]
    customers: dict[str, Customer]
    cards: dict[int, LoyaltyCard]
    opened: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)

    def customer(self, line: Line) -> Customer | None:
        return self.customers.get(line.known_by)

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

    @property
    def phone_taken(self) -> list[int]:
        """The lines of somebody new whose phone is that of somebody who is known."""
        return [
            number
            for number, line in enumerate(self.lines)
            if line.phone in self.phones and self.customer(line) is None
        ]


@dataclass
class Figures:
    """What bringing lines over will do, or did, in numbers."""

    lines: int = 0
    new_customers: int = 0
    new_cards: int = 0
    balances: int = 0
    stamps: int = 0
    points: int = 0

    def add(self, plan: Plan) -> None:
        """Count the lines of a plan too."""
        self.lines += len(plan.lines)
        self.new_customers += plan.new_customers
        self.new_cards += plan.new_cards
        self.balances += plan.balances
        self.stamps += plan.stamps
        self.points += plan.points


def foresee(*, store: Store, lines: Sequence[Line]) -> Plan:
    """What bringing these lines, some thousands at most, over to a store would do now; nothing is written."""
    program = selectors.program_of(store.merchant_id)
    everybody = Customer.objects.filter(merchant_id=store.merchant_id)
    with_phone = everybody.filter(phone__in=[line.phone for line in lines if line.phone])
    customers = {customer.phone: customer for customer in with_phone}
    phones = set(customers)
    known = everybody.filter(email__in=[line.email for line in lines if line.email])
    customers |= {customer.email or "": customer for customer in known}
    cards = _cards_of(customers.values(), program, store)
    openings = LoyaltyTransaction.objects.filter(
        card_id__in=[card.pk for card in cards.values()], transaction_type=TransactionType.OPENING_BALANCE
    )
    return Plan(lines, customers, cards, set(openings.values_list("card_id", flat=True)), phones)


def _cards_of(customers: Iterable[Customer], program: LoyaltyProgram, store: Store) -> dict[int, LoyaltyCard]:
    """By customer: the card valid at the store, an active one if there are two."""
    ids = [customer.pk for customer in customers]
    cards = selectors.cards_at(store).filter(customer_id__in=ids, program=program)
    return {card.customer_id: card for card in cards.order_by("is_active", "-id")}


def bring_over(
    *,
    store: Store,
    actor: Actor,
    lines: Iterable[Line],
    announce: bool = False,
    counted: Callable[[int], None] = lambda count: None,
) -> Figures:
    """Make the customers and cards of these lines and write their balances, in one transaction.

    Who is known keeps what is known and gets what was missing. `announce` sends each new customer the e-mail of an
    enrolment; `counted` hears of each thousand lines. Returns what was done. Raises ManagerRequired, StoreNotFound,
    ProgramNotFound, or ImportInterrupted if a card is switched off or somebody enrolled at the same moment: nothing
    was written then.
    """
    actor.require_manager()
    try:
        with transaction.atomic():
            # Two imports of one merchant come one after the other: the second finds what the first has written.
            advisory_lock.take(Work.IMPORT, store.merchant_id)
            if not deletion.hold(store.merchant, store):
                raise StoreNotFound()
            if not deletion.hold(selectors.program_of(store.merchant_id)):
                raise ProgramNotFound()
            return _Bringer(store, actor, announce=announce).bring(lines, counted)
    except IntegrityError as error:
        raise ImportInterrupted() from error


class _Bringer:
    """One import: however many lines there are, a thousand of them are in memory."""

    def __init__(self, store: Store, actor: Actor, *, announce: bool) -> None:
        self.store, self.actor, self.announce = store, actor, announce
        self.program = selectors.program_of(store.merchant_id)
        self.settings = selectors.settings_of(store.merchant)
        self.done = Figures()
        self.late: dict[int, Balance] = {}

    def bring(self, lines: Iterable[Line], counted: Callable[[int], None]) -> Figures:
        lines = iter(lines)
        for number in count():
            chunk = list(islice(lines, CHUNK))
            if not chunk:
                break
            if number in (1, 10, 100):
                bulk.tell_planner(Customer, LoyaltyCard, LoyaltyTransaction)
            plan = foresee(store=self.store, lines=chunk)
            if plan.refused:
                raise ImportInterrupted(SWITCHED_OFF)
            self.done.add(plan)
            self._bring(plan)
            counted(len(chunk))
        # Cards that the tills know come last, so that they are locked for as short as can be, and in id order.
        for card_ids in _chunks(sorted(self.late)):
            self._post(card_ids, self.late, are_new=False)
        return self.done

    def _bring(self, plan: Plan) -> None:
        """Make who is new, with their balances, and note the balances of the others for later."""
        for line in plan.lines:
            if known := plan.customer(line):
                customer_services.fill_in(
                    known, store=self.store, phone=line.phone or None, birth_date=line.birth_date
                )
        unknown = [line for line in plan.lines if plan.customer(line) is None]
        customers = plan.customers | _make_customers(unknown, self.store)
        without = [customers[line.known_by] for line in plan.lines if plan.card(line) is None]
        scope_store = None if self.settings.allow_cross_location_redemption else self.store
        made = _make_cards(without, self.program, store=self.store, scope_store=scope_store)
        balances: dict[int, Balance] = {}
        for line in plan.lines:
            if plan.brings_balance(line):
                card = plan.card(line)
                where = balances if card is None else self.late
                where[(card or made[customers[line.known_by].pk]).pk] = (line.stamps, line.points)
        if card_ids := sorted(card.pk for card in made.values()):
            self._post(card_ids, balances, are_new=True)
            if self.announce:
                outbox.record(CardsEnrolled(merchant_id=self.store.merchant_id, card_ids=card_ids))

    def _post(self, card_ids: Sequence[int], balances: Mapping[int, Balance], *, are_new: bool) -> None:
        cards = ledger.lock(LoyaltyCard.objects.filter(pk__in=card_ids).select_related("program"))
        if len(cards) < len(card_ids) or not all(card.is_active for card in cards):
            raise ImportInterrupted(SWITCHED_OFF)  # or deleted, since its line was looked at
        now = timezone.now()
        entries = []
        for card in cards:
            who: dict[str, Any] = {"card": card, "store": self.store, "actor": self.actor}
            who["keep_address"] = self.settings.log_ip_addresses
            if are_new:
                entries.append(Entry(kind=TransactionType.CARD_CREATED, **who))
            if card.pk in balances:
                stamps, points = balances[card.pk]
                deltas: dict[str, Any] = {"stamps_delta": stamps, "points_delta": points}
                entries.append(Entry(kind=TransactionType.OPENING_BALANCE, **deltas, **who))
        ledger.post(entries, now=now)


def _make_customers(lines: Sequence[Line], store: Store) -> dict[str, Customer]:
    now = timezone.now()
    rows = [
        Customer(
            merchant_id=store.merchant_id,
            store=store,
            email=line.email or None,
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
    return {row.email or row.phone: row for row in Customer.objects.bulk_create(rows, batch_size=CHUNK)}


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
    """Card numbers that nobody has; thousands of new ones among a million may well meet one that is taken."""
    numbers: set[str] = set()
    while len(numbers) < count:
        wanted = {tokens.card_number() for _ in range(count - len(numbers))}
        numbers |= wanted - bulk.present(LoyaltyCard, "card_number", sorted(wanted))
    return sorted(numbers, key=lambda number: number[::-1])


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    return (list(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK))
