"""Codes of cards that are there already, each scanned once at the till and found from then on."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.idempotency.once import Answer
from loyalty import models, selectors
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import Text
from loyalty.codes import LONGEST
from loyalty.errors import CardCodeNotFound, CardCodeTaken, CardInactive, CardNotFound, TooManyCardCodes
from loyalty.outputs.code import CardCode, card_code
from loyalty.services import codes
from loyalty.services.codes import Attached
from tenancy.models import Scope

TAGS = ["cards"]


class CardCodeInput(serializers.Serializer):
    code = Text(max_length=LONGEST)


class CardCodes(StoreView):
    """The codes of an earlier system that mean a card."""

    @documented(
        "A card's codes", scope=Scope.READ, answers={200: list[CardCode]}, refusals=[CardNotFound], tags=TAGS
    )
    def get(self, request: Request, card_id: int) -> Response:
        """All of them: a plain array, oldest first."""
        card = selectors.card_at(self.store, card_id)
        return Response([card_code(row) for row in models.CardCode.objects.filter(card=card)])

    @documented(
        "Attach a code to a card",
        scope=Scope.EARN,
        body=CardCodeInput,
        answers={201: CardCode, 200: CardCode},
        refusals=[CardNotFound, CardInactive, CardCodeTaken, TooManyCardCodes],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        """From then on the code finds the card. 200 if it did already."""
        return self.perform(codes.attach, self._attached, card_id=card_id, **self.read(CardCodeInput))

    def _attached(self, done: Attached) -> Answer:
        return answer(200 if done.was_there else 201, card_code(done.code))


class OneCardCode(StoreView):
    """One code of a card."""

    for_managers: ClassVar[frozenset[str]] = frozenset({"DELETE"})

    @documented(
        "Take a code off a card",
        scope=Scope.MANAGE,
        answers={204: None},
        refusals=[CardNotFound, CardCodeNotFound],
        tags=TAGS,
    )
    def delete(self, request: Request, card_id: int, code_id: int) -> Response:
        codes.remove(store=self.store, actor=self.actor, card_id=card_id, code_id=code_id)
        return Response(status=204)
