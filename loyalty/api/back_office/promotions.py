"""Promotions in the back office: owners draft, plan, stop and copy those of their own merchant's program."""

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import promoted
from loyalty.api.back_office.rows import PROGRAMS, TAGS, KindView
from loyalty.api.documentation import documented
from loyalty.api.fields import Amount, Id, Text, Whole
from loyalty.errors import ProgramNotFound, PromotionFixed, PromotionNotFound, TooManyPromotions
from loyalty.models import Audience, Effect, Promotion
from loyalty.models.promotion import LARGEST_BOUND, LARGEST_GIFT, MOST_FRIENDS
from loyalty.offers import LARGEST_FACTOR
from loyalty.outputs.promotion import PromotionRow, promotion, promotions
from loyalty.rules import LARGEST_AMOUNT_CENTS
from loyalty.services import promotions as service

MOST_NAMED = 100  # stores, articles, categories


class ChangedPromotionInput(serializers.Serializer):
    """Any of a promotion's fields. The name is in the caller's language; `name_fr` names another one."""

    effect = serializers.ChoiceField(required=False, choices=Effect.values)
    factor = Amount(required=False, allow_null=True, max_digits=5, decimal_places=2, max_value=LARGEST_FACTOR)
    amount = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_GIFT)
    first_day = serializers.DateField(required=False, allow_null=True)
    last_day = serializers.DateField(required=False, allow_null=True)
    weekdays = serializers.ListField(required=False, child=Whole(min_value=1, max_value=7), max_length=7)
    from_time = serializers.TimeField(required=False, allow_null=True)
    until_time = serializers.TimeField(required=False, allow_null=True)
    store_ids = serializers.ListField(required=False, child=Id(), max_length=MOST_NAMED)
    audience = serializers.ChoiceField(required=False, choices=Audience.values)
    days = Whole(required=False, allow_null=True, min_value=0, max_value=3650)
    every = Whole(required=False, allow_null=True, min_value=2, max_value=1000)
    tag = Text(required=False, allow_blank=True, max_length=40)
    friend_amount = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_GIFT)
    month_limit = Whole(required=False, allow_null=True, min_value=1, max_value=MOST_FRIENDS)
    least_cents = Whole(required=False, min_value=0, max_value=LARGEST_AMOUNT_CENTS)
    skus = serializers.ListField(required=False, child=Text(max_length=64), max_length=MOST_NAMED)
    categories = serializers.ListField(required=False, child=Text(max_length=64), max_length=MOST_NAMED)
    card_day_limit = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_BOUND)
    card_limit = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_BOUND)
    budget = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_BOUND)
    not_with = serializers.ListField(required=False, child=Id(), max_length=service.MOST_AT_ONCE)

    def get_fields(self) -> dict[str, serializers.Field]:
        """And the name in each language."""
        languages = {f"name_{code}" for code, _name in settings.LANGUAGES}
        names = {name: Text(required=False, allow_blank=True, max_length=80) for name in sorted(languages)}
        return {"name": Text(required=False, max_length=80)} | super().get_fields() | names


class NewPromotionInput(ChangedPromotionInput):
    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {"name": Text(max_length=80)}


class PromotionView(KindView):
    """A call about promotions of a program."""

    kind = PROGRAMS

    def rows_of(self, program_id: int) -> QuerySet[Promotion]:
        """The promotions of a program that the caller may see. Raises ProgramNotFound."""
        return promoted.of_program(PROGRAMS.one(program_id)).select_related("merchant")

    def known(self, program_id: int, promotion_id: int) -> int:
        """The id of one of them. Raises ProgramNotFound or PromotionNotFound."""
        if not self.rows_of(program_id).filter(pk=promotion_id).exists():
            raise PromotionNotFound()
        return promotion_id

    def answer(self, row: Promotion, status: int = 200) -> Response:
        """A promotion as it is now."""
        return Response(promotion(self.rows_of(row.program_id).get(pk=row.pk)), status=status)


class Promotions(PromotionView):
    """The promotions of a program."""

    for_owners = frozenset({"GET", "POST"})

    @documented(
        "A program's promotions",
        scope=None,
        answers={200: PromotionRow},
        refusals=[ProgramNotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request, row_id: int) -> Response:
        """Newest first, drafts too."""
        return self.page(self.rows_of(row_id), promotions)

    @documented(
        "Draft a promotion",
        scope=None,
        body=NewPromotionInput,
        answers={201: PromotionRow},
        refusals=[ProgramNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, row_id: int) -> Response:
        """It gives nothing until it is planned."""
        given = self.read(NewPromotionInput)
        return self.answer(service.create(program_id=row_id, actor=self.actor, **given), status=201)


class OnePromotion(PromotionView):
    """One promotion."""

    for_owners = frozenset({"GET", "PATCH"})

    @documented(
        "A promotion",
        scope=None,
        answers={200: PromotionRow},
        refusals=[ProgramNotFound, PromotionNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, row_id: int, promotion_id: int) -> Response:
        return Response(promotion(self.rows_of(row_id).get(pk=self.known(row_id, promotion_id))))

    @documented(
        "Change a promotion",
        scope=None,
        body=ChangedPromotionInput,
        answers={200: PromotionRow},
        refusals=[ProgramNotFound, PromotionNotFound, PromotionFixed],
        tags=TAGS,
    )
    def patch(self, request: Request, row_id: int, promotion_id: int) -> Response:
        """One that runs keeps what it promised: only its name, its last day and its budget change."""
        given = self.read(ChangedPromotionInput)
        known = self.known(row_id, promotion_id)
        return self.answer(service.change(promotion_id=known, actor=self.actor, **given))


class PlanPromotion(PromotionView):
    """Switch a draft on."""

    for_owners = frozenset({"POST"})

    @documented(
        "Plan a promotion",
        scope=None,
        answers={200: PromotionRow},
        refusals=[ProgramNotFound, PromotionNotFound, TooManyPromotions],
        tags=TAGS,
    )
    def post(self, request: Request, row_id: int, promotion_id: int) -> Response:
        """It runs from its first day, at once if that has come."""
        known = self.known(row_id, promotion_id)
        return self.answer(service.plan(promotion_id=known, actor=self.actor))


class StopPromotion(PromotionView):
    """Stop a promotion for good."""

    for_owners = frozenset({"POST"})

    @documented(
        "Stop a promotion",
        scope=None,
        answers={200: PromotionRow},
        refusals=[ProgramNotFound, PromotionNotFound, PromotionFixed],
        tags=TAGS,
    )
    def post(self, request: Request, row_id: int, promotion_id: int) -> Response:
        """What it gave stays given."""
        known = self.known(row_id, promotion_id)
        return self.answer(service.stop(promotion_id=known, actor=self.actor))


class CopyPromotion(PromotionView):
    """Make a draft of a promotion."""

    for_owners = frozenset({"POST"})

    @documented(
        "Copy a promotion",
        scope=None,
        answers={201: PromotionRow},
        refusals=[ProgramNotFound, PromotionNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, row_id: int, promotion_id: int) -> Response:
        """A draft that says the same."""
        known = self.known(row_id, promotion_id)
        return self.answer(service.copy(promotion_id=known, actor=self.actor), status=201)
