"""Programs in the back office: operators make and delete them, owners see and change their own merchant's."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import AlreadyDeleted, NotFound
from loyalty.api.back_office.rows import PROGRAMS, TAGS, KindView, RowSearchInput
from loyalty.api.documentation import documented
from loyalty.api.errors import MerchantNotFound
from loyalty.api.fields import Amount, AskedFlag, Flag, Id, Text, Whole
from loyalty.api.inputs import PeriodInput
from loyalty.errors import ConfirmationRequired, ProgramExists, ProgramNotFound
from loyalty.models import LoyaltyProgram, LoyaltyType
from loyalty.outputs.program import Program, program
from loyalty.outputs.rows import ProgramRow
from loyalty.reporting import statistics
from loyalty.reporting.figures import Statistics
from loyalty.rules import LARGEST_AMOUNT_CENTS
from loyalty.services import programs
from tenancy.errors import OperatorRequired
from tenancy.models import Merchant

LARGEST = 2**31 - 1  # what a column of cents or points holds


class ProgramSearchInput(RowSearchInput):
    is_active = AskedFlag(required=False)
    merchant = serializers.CharField(required=False, max_length=60, help_text="A merchant's slug.")


class RewardEntryInput(serializers.Serializer):
    """A reward on offer. With an `id`, or a name that is there, that reward is changed."""

    id = Id(required=False)
    name = Text(max_length=120)
    description = Text(required=False, allow_blank=True, max_length=300)
    points_cost = Whole(min_value=1, max_value=LARGEST)
    value_cents = Whole(required=False, allow_null=True, min_value=0, max_value=LARGEST)
    is_active = Flag(required=False)


class ChangedProgramInput(serializers.Serializer):
    """Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one."""

    loyalty_type = serializers.ChoiceField(required=False, choices=LoyaltyType.values)
    is_active = Flag(required=False)
    stamps_target = Whole(required=False, min_value=1, max_value=50)
    stamps_reward_value_cents = Whole(required=False, allow_null=True, min_value=0, max_value=LARGEST)
    points_per_euro = Amount(required=False, max_digits=7, decimal_places=2)
    minimum_purchase_cents = Whole(required=False, min_value=0, max_value=LARGEST_AMOUNT_CENTS)
    maximum_purchase_cents = Whole(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_AMOUNT_CENTS
    )
    minimum_redemption_points = Whole(required=False, min_value=0, max_value=LARGEST)
    welcome_bonus_points = Whole(required=False, min_value=0, max_value=1_000_000)
    points_expiration_days = Whole(required=False, allow_null=True, min_value=1, max_value=3650)
    expiry_requires_warning = Flag(required=False)
    point_value_cents = Amount(required=False, max_digits=8, decimal_places=4)
    carry_remainders = Flag(required=False)
    cooldown_minutes = Whole(required=False, min_value=0, max_value=10_080)
    max_daily_stamps = Whole(required=False, min_value=1, max_value=1000)
    require_staff_pin = Flag(required=False)
    card_color = Text(required=False, max_length=7)
    card_secondary_color = Text(required=False, max_length=7)
    privacy_url = Text(required=False, allow_blank=True, max_length=200)
    rewards = RewardEntryInput(required=False, many=True)
    confirm = Flag(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """And the texts: as such, and in each language."""
        texts = {"card_name": 80, "stamps_reward_description": 200, "terms_text": 20_000}
        suffixes = ["", *[f"_{code}" for code, _name in settings.LANGUAGES]]
        return super().get_fields() | {
            f"{name}{suffix}": Text(required=False, allow_blank=True, max_length=length)
            for name, length in texts.items()
            for suffix in suffixes
        }


class NewProgramInput(ChangedProgramInput):
    merchant = Text(max_length=60, help_text="The merchant's slug.")
    loyalty_type = serializers.ChoiceField(choices=LoyaltyType.values)


class ProgramView(KindView):
    """A call about programs."""

    kind = PROGRAMS

    def answer(self, row: LoyaltyProgram, status: int = 200) -> Response:
        """A program as it is now, with its merchant's settings."""
        return Response(program(PROGRAMS.one(row.pk)), status=status)


class Programs(ProgramView):
    """All programs that the caller may see."""

    for_owners = frozenset({"GET"})

    @documented(
        "Programs",
        scope=None,
        query=ProgramSearchInput,
        answers={200: ProgramRow},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Deleted ones are for operators."""
        asked = self.query(ProgramSearchInput)
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
        scope=None,
        body=NewProgramInput,
        answers={201: Program},
        refusals=[MerchantNotFound, ProgramExists],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """It is active at once, unless it says otherwise."""
        given = _without_confirmation(self.read(NewProgramInput))
        merchant = Merchant.objects.filter(slug=given.pop("merchant")).first()
        if merchant is None:
            raise MerchantNotFound()
        return self.answer(programs.create(merchant=merchant, actor=self.actor, **given), status=201)


class OneProgram(ProgramView):
    """One program."""

    for_owners = frozenset({"GET", "PATCH"})

    @documented("A program", scope=None, answers={200: Program}, refusals=[ProgramNotFound], tags=TAGS)
    def get(self, request: Request, row_id: int) -> Response:
        return Response(program(PROGRAMS.one(row_id)))

    @documented(
        "Change a program",
        scope=None,
        body=ChangedProgramInput,
        answers={200: Program},
        refusals=[ProgramNotFound, ConfirmationRequired],
        tags=TAGS,
    )
    def patch(self, request: Request, row_id: int) -> Response:
        """`rewards` is the whole offer. What takes something from customers needs `confirm: true`.

        Without it the answer says in `effects` what they would lose, and nothing is changed.
        """
        given = self.read(ChangedProgramInput)
        return self.answer(programs.change(program_id=row_id, actor=self.actor, **given))

    @documented(
        "Delete a program",
        scope=None,
        answers={204: None},
        refusals=[ProgramNotFound, AlreadyDeleted],
        tags=TAGS,
    )
    def delete(self, request: Request, row_id: int) -> Response:
        """It is hidden with its rewards and cards, and can be restored. This asks nothing."""
        return self.delete_row(row_id)


class ActivateProgram(ProgramView):
    """Switch a program on."""

    for_owners = frozenset({"POST"})

    @documented(
        "Activate a program", scope=None, answers={200: Program}, refusals=[ProgramNotFound], tags=TAGS
    )
    def post(self, request: Request, row_id: int) -> Response:
        return self.answer(programs.activate(program_id=row_id, actor=self.actor))


class DeactivateProgram(ProgramView):
    """Switch a program off; cards keep their balances."""

    for_owners = frozenset({"POST"})

    @documented(
        "Deactivate a program", scope=None, answers={200: Program}, refusals=[ProgramNotFound], tags=TAGS
    )
    def post(self, request: Request, row_id: int) -> Response:
        """This asks nothing, unlike a change of `is_active`."""
        return self.answer(programs.deactivate(program_id=row_id, actor=self.actor))


class ProgramStatistics(ProgramView):
    """The figures of a program."""

    for_owners = frozenset({"GET"})

    @documented(
        "A program's statistics",
        scope=None,
        query=PeriodInput,
        answers={200: Statistics},
        refusals=[ProgramNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, row_id: int) -> Response:
        days = self.query(PeriodInput)["days"]
        return Response(statistics.of_program(PROGRAMS.one(row_id), now=timezone.now(), days=days))


def _without_confirmation(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "confirm"}
