"""Stores: which are mine, the program a terminal works with, who is on the chooser, and how the store does."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotAuthenticated, NotFound, RateLimited
from loyalty import selectors
from loyalty.api.base import ApiView, Refusals, StoreView
from loyalty.api.documentation import documented
from loyalty.api.fields import Text
from loyalty.api.inputs import PeriodInput
from loyalty.errors import PinInvalid, PinLocked, PinNotFound, ProgramNotFound
from loyalty.outputs import program as programs
from loyalty.outputs import store as stores
from loyalty.reporting import statistics
from loyalty.reporting.figures import StoreStatistics
from loyalty.services import pins
from tenancy import scope
from tenancy.models import Scope


class TypedPinInput(serializers.Serializer):
    pin = Text(max_length=64, trim_whitespace=False)


class Stores(ApiView):
    """The stores where the caller works."""

    @documented(
        "My stores",
        scope=Scope.READ,
        answers={200: stores.Store},
        paged=True,
        refusals=[NotFound],
        tags=["till"],
    )
    def get(self, request: Request) -> Response:
        with scope.everything("the caller's memberships decide the scope"):
            return self.page(self.caller.stores().order_by("-pk"), stores.stores)

    @classmethod
    def refusals_of(cls, method: str) -> Refusals:
        return (*cls.refusals, NotAuthenticated)


class Store(StoreView):
    """One store."""

    @documented("A store", scope=Scope.READ, answers={200: stores.Store}, tags=["till"])
    def get(self, request: Request) -> Response:
        return Response(stores.store(self.store, role=self.store.role))  # type: ignore[attr-defined]


class Program(StoreView):
    """The merchant's program, with rewards and what the terminal needs; switched off or not."""

    @documented(
        "The program",
        scope=Scope.READ,
        answers={200: programs.Program},
        refusals=[ProgramNotFound],
        tags=["till"],
    )
    def get(self, request: Request) -> Response:
        program = selectors.program_of(self.store.merchant_id)
        program.merchant = self.store.merchant  # with its settings
        return Response(programs.program(program))


class Staff(StoreView):
    """The names on the terminal's chooser."""

    @documented(
        "Who is on the chooser", scope=Scope.READ, answers={200: list[stores.StaffName]}, tags=["till"]
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        return Response([stores.staff_name(pin, now=now) for pin in selectors.staff_at(self.store)])


class UnlockTerminal(StoreView):
    """A PIN is typed: a staff token for the calls that ask for one."""

    @documented(
        "Type a PIN",
        scope=(Scope.EARN, Scope.REDEEM, Scope.VOID),
        body=TypedPinInput,
        answers={200: stores.UnlockedTerminal},
        refusals=[PinNotFound, PinInvalid, PinLocked, RateLimited],
        tags=["till"],
    )
    def post(self, request: Request, pin_id: int) -> Response:
        # A person counts however often they sign in; each till counts for itself.
        typist = self.actor.device if self.actor.till else self.actor.credential
        self.limit("pin_unlock", f"{self.store.pk}:{typist}")
        typed = self.read(TypedPinInput)
        terminal = pins.unlock_terminal(
            store=self.store, pin_id=pin_id, pin=typed["pin"], device=self.actor.device
        )
        return Response(stores.unlocked(terminal))


class Statistics(StoreView):
    """The figures of the store, and of the whole program."""

    for_managers = frozenset({"GET"})

    @documented(
        "Statistics",
        scope=Scope.MANAGE,
        query=PeriodInput,
        answers={200: StoreStatistics},
        refusals=[ProgramNotFound],
        tags=["till"],
    )
    def get(self, request: Request) -> Response:
        days, now = self.query(PeriodInput)["days"], timezone.now()
        program = selectors.program_of(self.store.merchant_id)
        shown: StoreStatistics = {
            "store": statistics.of_store(program, self.store, now=now, days=days),
            "program": statistics.of_program(program, now=now, days=days),
        }
        return Response(shown)
