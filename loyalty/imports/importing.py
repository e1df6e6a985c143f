"""Imports: customers of an earlier system brought over with their balances, some hundred lines at a time.

A *line* is one person. Bringing the same line over twice changes nothing the second time: the person is known by
e-mail, phone, code or name, and a card has one opening balance of stamps and one of points at most. What was brought
over is noted line by line, so that a worker that was lost is followed by one that goes on, and the whole can be taken
back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import count, islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from customers import agreements, filling
from customers.models import Customer
from groundwork import deletion
from groundwork.database import advisory_lock, bulk
from groundwork.database.advisory_lock import Work
from groundwork.messaging import outbox
from loyalty import ledger, selectors, tokens
from loyalty.errors import ImportInterrupted, ProgramNotFound
from loyalty.events import CardsEnrolled
from loyalty.imports.lines import Line
from loyalty.imports.plan import Figures, Person, foresee
from loyalty.ledger import Entry
from loyalty.models import (
    CardCode,
    ImportBatch,
    ImportedPerson,
    LoyaltyCard,
    LoyaltyTransaction,
    TransactionType,
)
from loyalty.services import codes as code_services
from loyalty.services import numbers
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound

LINES_AT_MOST = 200_000
CHUNK = 500  # lines of one transaction: a till that wants a card of theirs waits for so many
TRIES = 3
Numbered = tuple[int, Line]


def bring_over(
    *,
    batch: ImportBatch,
    actor: Actor,
    lines: Iterable[Numbered],
    announce: bool = False,
    counted: Callable[[int], None] = lambda count: None,
) -> Figures:
    """Make the customers and cards of these lines, and write their balances; goes on after the last one of before.

    Who is known keeps what is known and gets what was missing. `lines` have their numbers in the file, rising.
    `announce` sends each new customer the e-mail of an enrolment; `counted` hears of each chunk, with the first of
    them of those that were brought over before. Returns what was done altogether. Raises ManagerRequired,
    StoreNotFound, ProgramNotFound, or ImportInterrupted if others go on writing the same people: chunks before stay.
    """
    actor.require_manager()
    lines, before = iter(lines), 0
    for number in count():
        chunk = list(islice(lines, CHUNK))
        if not chunk:
            break
        if number in (1, 20, 200):
            bulk.tell_planner(Customer, LoyaltyCard, LoyaltyTransaction)
        if new := [each for each in chunk if each[0] > _until(batch)]:
            _bring_chunk(batch, actor, new, announce=announce)
            counted(before + len(chunk))
        before = 0 if new else before + len(chunk)
    ImportBatch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=timezone.now())
    return Figures(**batch.figures)


def _until(batch: ImportBatch) -> int:
    return int(batch.figures.get("until", 0))


def _bring_chunk(batch: ImportBatch, actor: Actor, lines: Sequence[Numbered], *, announce: bool) -> None:
    """Bring some lines over, all of them or none; somebody who enrolled at the same moment is known the next time."""
    if not lines:
        return
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                _begin(batch)
                if lines := [each for each in lines if each[0] > _until(batch)]:
                    _Chunk(batch, actor, lines).bring(announce=announce)
            return
        except IntegrityError as error:
            if error.__cause__ is not None and not isinstance(error.__cause__, UniqueViolation):
                raise  # nobody was faster: it is a fault, and told as one
            refused = error
    raise ImportInterrupted() from refused


def _begin(batch: ImportBatch) -> None:
    """Two imports of one merchant come one after the other: the second finds what the first has written."""
    store = batch.store
    advisory_lock.take(Work.IMPORT, store.merchant_id)
    if not deletion.hold(store.merchant, store):
        raise StoreNotFound()
    if not deletion.hold(selectors.program_of(store.merchant_id)):
        raise ProgramNotFound()
    batch.refresh_from_db(fields=["figures", "reverting_at"])
    if batch.reverting_at is not None:
        raise ImportInterrupted()


class _Chunk:
    """Some lines of an import, in one transaction."""

    def __init__(self, batch: ImportBatch, actor: Actor, lines: Sequence[Numbered]) -> None:
        self.batch, self.store, self.actor = batch, batch.store, actor
        self.program = selectors.program_of(batch.merchant_id)
        self.settings = selectors.settings_of(batch.store.merchant)
        self.lines = lines
        self.noted: list[ImportedPerson] = []

    def bring(self, *, announce: bool) -> None:
        people = foresee(store=self.store, lines=[line for _number, line in self.lines])
        self._refuse_twice(people)
        figures = Figures(**self.batch.figures)
        figures.add(people)  # as long as who is new is not made yet
        numbered = [
            (number, person)
            for (number, _line), person in zip(self.lines, people, strict=True)
            if not person.refused
        ]
        made = self._make(numbered)
        self._attach_codes([person for _number, person in numbered])
        new = [person for person in made if person.made_card]
        balances = {note.pk: person for note, (_number, person) in zip(made, numbered, strict=True)}
        self._post(new, balances, are_new=True, announce=announce)
        # Cards that the tills know come last, so that they are locked for as short as can be, and in id order.
        self._post([note for note in made if not note.made_card], balances, are_new=False)
        bulk.update(made, "stamps_line", "points_line")
        figures.until = self.lines[-1][0]
        self.batch.figures = figures.as_data()
        self.batch.save(update_fields=["figures", "updated_at"])

    def _refuse_twice(self, people: Sequence[Person]) -> None:
        """A person gets one balance of a file, by whatever each of its lines knows them."""
        ids = [person.customer.pk for person in people if person.customer]
        had = set(
            ImportedPerson.objects.filter(batch=self.batch, customer__in=ids).values_list(
                "customer_id", flat=True
            )
        )
        for person in people:
            if person.customer and not person.refused:
                if person.customer.pk in had:
                    person.refused = ("email", "seen_person")
                had.add(person.customer.pk)

    def _make(self, numbered: Sequence[tuple[int, Person]]) -> list[ImportedPerson]:
        """Make who is new and their cards, fill in who is known, and note it line by line."""
        notes = []
        unknown = [person for _number, person in numbered if person.customer is None]
        without = [person for _number, person in numbered if person.card is None]
        filling.fill_gaps((person.customer, person.gaps) for _number, person in numbered if person.customer)
        were_known = {id(person) for _number, person in numbered if person.customer}
        had_cards = {id(person) for _number, person in numbered if person.card}
        self._make_customers(unknown)
        self._make_cards(without)
        for number, person in numbered:
            notes.append(
                ImportedPerson(
                    merchant_id=self.batch.merchant_id,
                    batch=self.batch,
                    number=number,
                    key=person.line.name_key,
                    customer=person.customer,
                    card=person.card,
                    made_customer=id(person) not in were_known,
                    made_card=id(person) not in had_cards,
                    filled=_as_json(person.gaps),
                    code=person.line.code if person.brings_code else "",
                )
            )
        return ImportedPerson.objects.bulk_create(notes)

    def _make_customers(self, people: Sequence[Person]) -> None:
        store = self.store
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
                tags=list(line.tags),
            )
            for line in (person.line for person in people)
        ]
        for person, row in zip(people, rows, strict=True):
            if person.line.marketing_consent:
                agreements.bring_along(row, language=row.preferred_language or store.default_language)
        for person, row in zip(people, Customer.objects.bulk_create(rows), strict=True):
            person.customer = row

    def _make_cards(self, people: Sequence[Person]) -> None:
        scope_store = None if self.settings.allow_cross_location_redemption else self.store
        rows = [
            LoyaltyCard(
                merchant_id=self.store.merchant_id,
                program=self.program,
                customer=person.customer,
                enrolled_at_store=self.store,
                scope_store=scope_store,
                card_number=number,
                qr_code_data=tokens.letters(),
                access_token=tokens.letters(),
            )
            for person, number in zip(people, numbers.free(len(people)), strict=True)
        ]
        for person, row in zip(people, LoyaltyCard.objects.bulk_create(rows), strict=True):
            person.card = row

    def _attach_codes(self, people: Sequence[Person]) -> None:
        new = [person for person in people if person.brings_code]
        merchant_id = self.store.merchant_id
        code_services.let_go_of_deleted(merchant_id, [person.line.code for person in new])
        rows = [CardCode(merchant_id=merchant_id, card=person.card, code=person.line.code) for person in new]
        CardCode.objects.bulk_create(rows)

    def _post(
        self,
        notes: Sequence[ImportedPerson],
        people: Mapping[int, Person],
        *,
        are_new: bool,
        announce: bool = False,
    ) -> None:
        """Write the lines of some cards, and note which they are."""
        of_cards = {note.card_id: note for note in notes if are_new or people[note.pk].brings_balance}
        if not of_cards:
            return
        cards = ledger.lock(LoyaltyCard.objects.filter(pk__in=of_cards).select_related("program"))
        if len(cards) < len(of_cards) or not all(card.is_active for card in cards):
            raise IntegrityError  # switched off or deleted since its line was looked at: look again
        entries = [
            entry
            for card in cards
            for entry in self._entries(card, people[of_cards[card.pk].pk], is_new=are_new)
        ]
        lines = ledger.post(entries, now=timezone.now())
        for line in lines:
            note = of_cards[line.card_id]
            if line.transaction_type == TransactionType.OPENING_BALANCE:
                setattr(note, "stamps_line" if line.stamps_delta else "points_line", line)
        if announce:
            created = [line.pk for line in lines if line.transaction_type == TransactionType.CARD_CREATED]
            about = {"card_ids": sorted(of_cards), "transaction_ids": created}
            outbox.record(CardsEnrolled(merchant_id=self.store.merchant_id, **about))

    def _entries(self, card: LoyaltyCard, person: Person, *, is_new: bool) -> list[Entry]:
        who: dict[str, Any] = {"card": card, "store": self.store, "actor": self.actor}
        who["keep_address"] = self.settings.log_ip_addresses
        entries, line = [], person.line
        if is_new:
            entries.append(Entry(kind=TransactionType.CARD_CREATED, **who))
        if person.brings_stamps:
            entries.append(Entry(kind=TransactionType.OPENING_BALANCE, stamps_delta=line.stamps_net, **who))
        if person.brings_points:
            entries.append(Entry(kind=TransactionType.OPENING_BALANCE, points_units=line.points_net, **who))
        return entries


def _as_json(gaps: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in gaps.items()}
