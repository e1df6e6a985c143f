"""Imports: customers of an earlier system brought over with their balances, all of them or none.

A *line* is one person. Bringing the same line over twice changes nothing the second time: the person is known by
e-mail, or by phone where there is no e-mail, and a card has one opening balance at most.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from customers import services as customer_services
from customers.models import Customer
from groundwork import deletion
from groundwork.database import advisory_lock, bulk
from groundwork.database.advisory_lock import Work
from groundwork.messaging import outbox
from loyalty import ledger, selectors, tokens
from loyalty.errors import CardCodeTaken, ImportInterrupted, ProgramNotFound
from loyalty.events import CardsEnrolled
from loyalty.imports.lines import Line
from loyalty.imports.plan import Figures, Plan, foresee
from loyalty.ledger import Entry
from loyalty.models import CardCode, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from loyalty.services import codes as code_services
from loyalty.services import numbers
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound
from tenancy.models import Store

LINES_AT_MOST = 200_000
CHUNK = 1_000
SWITCHED_OFF = _("The card of this customer is switched off.")
Item = TypeVar("Item")
Balance = tuple[int, int]  # stamps, points


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
        if not isinstance(error.__cause__, UniqueViolation):
            raise  # nobody was faster: it is a fault, and told as one
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
            if plan.code_taken:
                raise ImportInterrupted(CardCodeTaken.message)
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
        self._attach_codes(plan, made, customers)
        balances: dict[int, Balance] = {}
        for line in plan.lines:
            if plan.brings_balance(line):
                card = plan.card(line)
                where = balances if card is None else self.late
                where[(card or made[customers[line.known_by].pk]).pk] = (line.stamps, line.points)
        if card_ids := sorted(card.pk for card in made.values()):
            lines = self._post(card_ids, balances, are_new=True)
            if self.announce:
                created = [line.pk for line in lines if line.transaction_type == TransactionType.CARD_CREATED]
                about = {"card_ids": card_ids, "transaction_ids": created}
                outbox.record(CardsEnrolled(merchant_id=self.store.merchant_id, **about))

    def _attach_codes(
        self, plan: Plan, made: Mapping[int, LoyaltyCard], customers: Mapping[str, Customer]
    ) -> None:
        new = [line for line in plan.lines if line.code and line.code not in plan.codes]
        code_services.let_go_of_deleted(self.store.merchant_id, [line.code for line in new])
        rows = [
            CardCode(
                merchant_id=self.store.merchant_id,
                card=plan.card(line) or made[customers[line.known_by].pk],
                code=line.code,
            )
            for line in new
        ]
        CardCode.objects.bulk_create(rows, batch_size=CHUNK)

    def _post(
        self, card_ids: Sequence[int], balances: Mapping[int, Balance], *, are_new: bool
    ) -> list[LoyaltyTransaction]:
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
        return ledger.post(entries, now=now)


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
        for customer, number in zip(customers, numbers.free(len(customers)), strict=True)
    ]
    return {row.customer_id: row for row in LoyaltyCard.objects.bulk_create(rows, batch_size=CHUNK)}


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    return (list(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK))
