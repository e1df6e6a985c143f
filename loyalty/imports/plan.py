"""What lines of an earlier system will do: the people and cards that are known, what is new, and the figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from customers.models import Customer
from loyalty import rules, selectors
from loyalty.imports.lines import Line
from loyalty.models import ImportedPerson, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from loyalty.services import codes as code_services
from tenancy.models import Store


@dataclass
class Person:
    """Who a line is about, and what it brings them; `refused` is the field that is wrong and why, if any is."""

    line: Line
    customer: Customer | None = None
    card: LoyaltyCard | None = None
    gaps: dict[str, Any] = field(default_factory=dict)
    brings_stamps: bool = False
    brings_points: bool = False
    brings_code: bool = False
    refused: tuple[str, str] | None = None

    @property
    def brings_balance(self) -> bool:
        return self.brings_stamps or self.brings_points

    @property
    def has_balance_already(self) -> bool:
        """Whether a balance of the line stays away, because the card got one from an import before."""
        return self.line.has_balance and not self.brings_balance

    @property
    def changes(self) -> bool:
        """Whether something is done about somebody who is known."""
        return bool(self.gaps or self.card is None or self.brings_balance or self.brings_code)


@dataclass
class Figures:
    """What bringing lines over will do, or did, in numbers; `until` is the last line that was looked at."""

    lines: int = 0
    new_customers: int = 0
    new_cards: int = 0
    changed: int = 0
    known: int = 0
    left_out: int = 0
    balances: int = 0
    balances_there: int = 0
    stamps: int = 0
    points: int = 0
    points_fraction: int = 0
    owed_stamps: int = 0
    owed_points: int = 0
    until: int = 0

    def add(self, people: Iterable[Person]) -> None:
        """Count some people too."""
        for person in people:
            if person.refused:
                self.left_out += 1
                continue
            self.lines += 1
            self.new_cards += person.card is None
            self.new_customers += person.customer is None
            self.changed += person.customer is not None and person.changes
            self.known += person.customer is not None and not person.changes
            self.balances += person.brings_balance
            self.balances_there += person.has_balance_already
            line = person.line
            if person.brings_stamps:
                self.stamps, self.owed_stamps = self.stamps + line.stamps, self.owed_stamps + line.stamps_owed
            if person.brings_points:
                whole, self.points_fraction = divmod(self.points_fraction + line.points_fraction, rules.POINT)
                self.points += line.points + whole
                self.owed_points += line.points_owed

    def as_data(self) -> dict[str, int]:
        return asdict(self)


def foresee(*, store: Store, lines: Sequence[Line]) -> list[Person]:
    """Who these lines, some thousands at most, are about at a store, and what bringing them would do now."""
    known = _Known(store, lines)
    people = [known.person(line) for line in lines]
    cards = _cards_of([person.customer for person in people if person.customer], known.program, store)
    opened = _opened(cards.values())
    for person in people:
        if person.customer:
            person.card = cards.get(person.customer.pk)
            person.gaps = _gaps(person.customer, person.line)
        at = person.card.pk if person.card else None
        person.brings_stamps = bool(person.line.stamps_net) and (at, "stamps") not in opened
        person.brings_points = bool(person.line.points_net) and (at, "points") not in opened
        person.brings_code = bool(person.line.code) and person.line.code not in known.codes
        person.refused = known.refusal(person)
    return people


class _Known:
    """What a merchant knows of the people of some lines."""

    def __init__(self, store: Store, lines: Sequence[Line]) -> None:
        self.program = selectors.program_of(store.merchant_id)
        everybody = Customer.objects.filter(merchant_id=store.merchant_id)
        by_email = everybody.filter(email__in=[line.email for line in lines if line.email])
        by_phone = everybody.filter(phone__in=[line.phone for line in lines if line.phone])
        self.by_email = {customer.email: customer for customer in by_email}
        self.by_phone = {customer.phone: customer for customer in by_phone}
        self.codes = code_services.holders(store.merchant_id, [line.code for line in lines if line.code])
        coded = LoyaltyCard.objects.filter(pk__in=self.codes.values()).select_related("customer")
        self.by_card = {card.pk: card.customer for card in coded}
        self.by_name = self._by_name(store, lines)

    @staticmethod
    def _by_name(store: Store, lines: Sequence[Line]) -> Mapping[str, Customer]:
        keys = [key for line in lines if (key := line.name_key)]
        people = ImportedPerson.objects.filter(
            merchant_id=store.merchant_id, key__in=keys, reverted_at=None, customer__deleted_at=None
        )
        return {person.key: person.customer for person in people.select_related("customer")}

    def person(self, line: Line) -> Person:
        return Person(line, self._customer(line))

    def _customer(self, line: Line) -> Customer | None:
        """Somebody is found by their address, else by a phone or a card without another address, else by name."""
        if line.email in self.by_email:
            return self.by_email[line.email]
        others = (self.by_phone.get(line.phone), self.by_card.get(self.codes.get(line.code, 0)))
        for customer in filter(None, others):
            is_same_phone = not (line.phone and customer.phone) or line.phone == customer.phone
            if is_same_phone and not (line.email and customer.email):
                return customer
        return self.by_name.get(line.name_key) if line.name_key else None

    def refusal(self, person: Person) -> tuple[str, str] | None:
        """Which field of a line cannot be, and why: a key of `faults.SENTENCES`."""
        line, customer, card = person.line, person.customer, person.card
        if card is not None and not card.is_active:
            return "email", "card_off"
        holder = self.codes.get(line.code)
        if holder == code_services.NOT_ALIVE:
            return "code", "code_printed"
        if holder is not None and (card is None or holder != card.pk):
            return "code", "code_taken"
        has_phone = self.by_phone.get(line.phone)
        is_wanted = customer is None or "phone" in person.gaps
        if has_phone is not None and is_wanted and (customer is None or has_phone.pk != customer.pk):
            return "phone", "phone_taken"
        return None


def _gaps(customer: Customer, line: Line) -> dict[str, Any]:
    """What a line says of somebody where nothing is known yet."""
    said: dict[str, Any] = {
        "email": line.email or None,
        "phone": line.phone,
        "birth_date": line.birth_date,
        "preferred_language": line.language,
    }
    if line.tags:
        said["tags"] = list(line.tags)
    if not customer.name:
        said |= {"first_name": line.first_name, "last_name": line.last_name}
    return {name: value for name, value in said.items() if value and not getattr(customer, name)}


def _cards_of(customers: Iterable[Customer], program: LoyaltyProgram, store: Store) -> dict[int, LoyaltyCard]:
    """By customer: the card valid at the store, an active one if there are two."""
    ids = [customer.pk for customer in customers]
    cards = selectors.cards_at(store).filter(customer_id__in=ids, program=program)
    return {card.customer_id: card for card in cards.order_by("is_active", "-id")}


def _opened(cards: Iterable[LoyaltyCard]) -> set[tuple[int | None, str]]:
    """Which cards have an opening balance, of what; one that was taken back is none."""
    lines = LoyaltyTransaction.objects.filter(
        card_id__in=[card.pk for card in cards],
        transaction_type=TransactionType.OPENING_BALANCE,
        voided_by=None,
    )
    return {
        (card_id, kind)
        for card_id, stamps, points, fraction in lines.values_list(
            "card_id", "stamps_delta", "points_delta", "points_fraction_delta"
        )
        for kind, delta in (("stamps", stamps), ("points", points or fraction))
        if delta
    }
