"""What a file of an earlier system will do: its lines, the people and cards that are known, and the figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from customers.models import Customer
from loyalty import selectors
from loyalty.imports.lines import Line
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from loyalty.services import codes as code_services
from tenancy.models import Store


@dataclass
class Plan:
    """What bringing some lines over will do. Lists are of line indexes, counted from 0.

    `codes` says which card each code of theirs means already.
    """

    lines: Sequence[Line]
    customers: dict[str, Customer]
    cards: dict[int, LoyaltyCard]
    opened: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    codes: Mapping[str, int] = field(default_factory=dict)

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

    @property
    def code_taken(self) -> list[int]:
        """The lines whose code means a card of somebody else."""
        cards = [self.card(line) for line in self.lines]
        holders = [self.codes.get(line.code) for line in self.lines]
        own = [card.pk if card is not None else None for card in cards]
        return [number for number, holder in enumerate(holders) if holder not in (None, own[number])]


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
    codes = code_services.holders(store.merchant_id, [line.code for line in lines if line.code])
    return Plan(lines, customers, cards, set(openings.values_list("card_id", flat=True)), phones, codes)


def _cards_of(customers: Iterable[Customer], program: LoyaltyProgram, store: Store) -> dict[int, LoyaltyCard]:
    """By customer: the card valid at the store, an active one if there are two."""
    ids = [customer.pk for customer in customers]
    cards = selectors.cards_at(store).filter(customer_id__in=ids, program=program)
    return {card.customer_id: card for card in cards.order_by("is_active", "-id")}
