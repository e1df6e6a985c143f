"""Programs in the back office: operators make and delete them, owners see and change their own merchant's."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import AlreadyDeleted, NotFound
from loyalty.api import requests, shapes
from loyalty.api.back_office.rows import PROGRAMS, TAGS, KindView
from loyalty.api.documentation import documented
from loyalty.api.errors import MerchantNotFound
from loyalty.errors import ConfirmationRequired, ProgramExists, ProgramNotFound
from loyalty.models import LoyaltyProgram
from loyalty.outputs.program import program as shown
from loyalty.reporting import statistics
from loyalty.services import programs
from tenancy.errors import OperatorRequired
from tenancy.models import Merchant


class ProgramView(KindView):
    """A call about programs."""

    kind = PROGRAMS

    def answer(self, program: LoyaltyProgram, status: int = 200) -> Response:
        """A program as it is now, with its merchant's settings."""
        return Response(shown(PROGRAMS.one(program.pk)), status=status)


class Programs(ProgramView):
    """All programs that the caller may see."""

    for_owners = frozenset({"GET"})

    @documented(
        "Programs",
        query=requests.ProgramSearch,
        answers={200: shapes.ProgramRow},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Deleted ones are for operators."""
        asked = self.query(requests.ProgramSearch)
        if not self.is_operator and (asked.get("include_deleted") or asked.get("only_deleted")):
            raise OperatorRequired()
        rows = self.found(asked)
        if "is_active" in asked:
            rows = rows.filter(is_active=asked["is_active"])
        if "merchant" in asked:
            rows = rows.filter(merchant__slug=asked["merchant"])
        return self.page(rows, PROGRAMS.present)

    @documented(
        "Make a program",
        body=requests.NewProgram,
        answers={201: shapes.Program},
        refusals=[MerchantNotFound, ProgramExists],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """It is active at once, unless it says otherwise."""
        given = _without_confirmation(self.read(requests.NewProgram))
        merchant = Merchant.objects.filter(slug=given.pop("merchant")).first()
        if merchant is None:
            raise MerchantNotFound()
        return self.answer(programs.create(merchant=merchant, actor=self.actor, **given), status=201)


class OneProgram(ProgramView):
    """One program."""

    for_owners = frozenset({"GET", "PATCH"})

    @documented("A program", answers={200: shapes.Program}, refusals=[ProgramNotFound], tags=TAGS)
    def get(self, request: Request, row_id: int) -> Response:
        return Response(shown(PROGRAMS.one(row_id)))

    @documented(
        "Change a program",
        body=requests.ChangedProgram,
        answers={200: shapes.Program},
        refusals=[ProgramNotFound, ConfirmationRequired],
        tags=TAGS,
    )
    def patch(self, request: Request, row_id: int) -> Response:
        """`rewards` is the whole offer. What takes something from customers needs `confirm: true`."""
        given = self.read(requests.ChangedProgram)
        return self.answer(programs.change(program_id=row_id, actor=self.actor, **given))

    @documented(
        "Delete a program",
        answers={204: None},
        refusals=[ProgramNotFound, AlreadyDeleted],
        tags=TAGS,
    )
    def delete(self, request: Request, row_id: int) -> Response:
        """It is hidden with its rewards and cards, and can be restored."""
        return self.delete_row(row_id)


class ActivateProgram(ProgramView):
    """Switch a program on."""

    for_owners = frozenset({"POST"})

    @documented("Activate a program", answers={200: shapes.Program}, refusals=[ProgramNotFound], tags=TAGS)
    def post(self, request: Request, row_id: int) -> Response:
        return self.answer(programs.activate(program_id=row_id, actor=self.actor))


class DeactivateProgram(ProgramView):
    """Switch a program off; cards keep their balances."""

    for_owners = frozenset({"POST"})

    @documented("Deactivate a program", answers={200: shapes.Program}, refusals=[ProgramNotFound], tags=TAGS)
    def post(self, request: Request, row_id: int) -> Response:
        return self.answer(programs.deactivate(program_id=row_id, actor=self.actor))


class ProgramStatistics(ProgramView):
    """The figures of a program."""

    for_owners = frozenset({"GET"})

    @documented(
        "A program's statistics",
        query=requests.Period,
        answers={200: shapes.Statistics},
        refusals=[ProgramNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, row_id: int) -> Response:
        days = self.query(requests.Period)["days"]
        return Response(statistics.of_program(PROGRAMS.one(row_id), now=timezone.now(), days=days))


def _without_confirmation(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "confirm"}
