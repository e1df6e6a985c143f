"""Cards at a store: found, made, looked at; switched off and on, replaced, merged."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound, RateLimited
from groundwork.idempotency.once import Answer
from loyalty import finding, selectors
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import AskedFlag, AskedMoment, Email, Flag, Id, Reason, Text
from loyalty.api.inputs import LONGEST_NAME, LONGEST_QUERY, PersonInput
from loyalty.errors import (
    CardAlreadyActive,
    CardAlreadyInactive,
    CardAmbiguous,
    CardInactive,
    CardNotFound,
    CardNumberMistyped,
    CardsNotMergeable,
    CustomerIdentifierRequired,
    CustomerNotFound,
    ProgramInactive,
    ProgramNotFound,
)
from loyalty.models import LoyaltyCard
from loyalty.outputs import card as shown
from loyalty.outputs import card_then
from loyalty.outputs.enrollment import Enrolled, enrolled
from loyalty.outputs.transaction import Ledger, Transaction, with_people
from loyalty.services import cards, enrollment, printed
from loyalty.services.enrollment import Enrollment
from tenancy.models import Scope

TAGS = ["cards"]


class CardSearchInput(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=LONGEST_QUERY)
    is_active = AskedFlag(required=False)
    enrolled_here = AskedFlag(required=False)


class CardLookupInput(serializers.Serializer):
    q = serializers.CharField(max_length=LONGEST_QUERY)


class CardMomentInput(serializers.Serializer):
    at = AskedMoment(required=False)


class StaffEnrollmentInput(PersonInput):
    email = Email(required=False, allow_null=True, allow_blank=True)
    customer_id = Id(required=False, allow_null=True)
    name = Text(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_NAME)
    create_if_missing = Flag(required=False)
    nameless = Flag(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(attrs)
        if given.get("nameless") and given.keys() & {"email", "customer_id", "name", "phone"}:
            raise serializers.ValidationError(
                {"nameless": _("A card for nobody in particular names nobody.")}
            )
        return given


class SwitchCardInput(serializers.Serializer):
    reason = Reason(required=False, allow_blank=True)


class ReplaceCardInput(serializers.Serializer):
    reason = Reason()
    new_number = Flag(required=False)


class MergeCardsInput(serializers.Serializer):
    into_card_id = Id()
    reason = Reason()


class Cards(StoreView):
    """The cards that are valid at the store."""

    @documented(
        "Search cards",
        scope=Scope.READ,
        query=CardSearchInput,
        answers={200: shown.Card},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Every word must be part of the number, a code, the name, the e-mail address or the phone. Newest first."""
        asked = self.query(CardSearchInput)
        found = finding.search_cards(
            self.store,
            text=asked.get("search", ""),
            is_active=asked.get("is_active"),
            enrolled_here=asked.get("enrolled_here"),
        )
        return self.page(found, lambda rows: shown.cards(rows, self.store))

    @documented(
        "Enrol a customer",
        scope=Scope.EARN,
        body=StaffEnrollmentInput,
        answers={201: Enrolled, 200: Enrolled},
        refusals=[CustomerIdentifierRequired, CustomerNotFound, ProgramNotFound, ProgramInactive],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """201 with a new card, 200 with the one that is there already; that one may be deactivated.

        A customer is named by `customer_id`, `email` or `phone`. With `create_if_missing` they are made if unknown, of
        whom a `name` is enough; `nameless` makes a card of whose holder nothing is known.
        """
        return self.perform(enrollment.enroll, self._enrolled, **self.read(StaffEnrollmentInput))

    def _enrolled(self, result: Enrollment) -> Answer:
        return answer(200 if result.already_enrolled else 201, enrolled(result, self.store))


class CardLookup(StoreView):
    """What a scanned or typed text means."""

    @documented(
        "Look a card up",
        scope=Scope.READ,
        query=CardLookupInput,
        answers={200: shown.Card},
        refusals=[
            CardNotFound,
            CardNumberMistyped,
            CardAmbiguous,
            ProgramNotFound,
            ProgramInactive,
            RateLimited,
        ],
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """QR letters, a card number, the code of an earlier card, an e-mail address or a phone number.

        A printed card comes alive here, at its first scan: it is a card from then on, of a customer without a name.
        """
        self.limit("lookup", self.caller.device)
        text = self.query(CardLookupInput)["q"]
        try:
            found = finding.find_card(self.store, text)
        except CardAmbiguous as several:
            matches = shown.cards(several.extra["matches"], self.store)
            raise CardAmbiguous(matches=matches) from None
        except CardNotFound:
            found = self._first_scan(text)
        return Response(shown.card(found, self.store))

    def _first_scan(self, text: str) -> LoyaltyCard:
        """A printed card comes alive, unless it is a key that looks and may give nothing. Raises CardNotFound."""
        key = self.actor.api_key
        may_enrol = key is None or Scope.EARN in key.scopes
        card = printed.first_scan(store=self.store, actor=self.actor, text=text) if may_enrol else None
        if card is None:
            raise CardNotFound()
        return card


class Card(StoreView):
    """One card."""

    @documented(
        "A card",
        scope=Scope.READ,
        query=CardMomentInput,
        answers={200: shown.Card | card_then.CardThen},
        refusals=[CardNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, card_id: int) -> Response:
        """With `at`: what it had and owed at that moment, from its ledger; not found before it was made."""
        at = self.query(CardMomentInput).get("at")
        card = selectors.card_at(self.store, card_id)
        return Response(card_then.card_at(card, at) if at else shown.card(card, self.store))


class CardTransactions(StoreView):
    """All that happened to a card, at whichever store."""

    @documented(
        "A card's transactions",
        scope=Scope.READ,
        answers={200: Transaction},
        refusals=[CardNotFound, NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request, card_id: int) -> Response:
        card = selectors.card_at(self.store, card_id)
        return self.page(with_people(selectors.history(card)), Ledger(self.store, self.actor).lines)


class CardAction(StoreView):
    """A manager's call on one card; the answer is the card."""

    for_managers = frozenset({"POST"})

    def _card(self, row: LoyaltyCard) -> Answer:
        return answer(200, shown.card(row, self.store))

    def act(self, service: Any, card_id: int, given: dict[str, Any]) -> Response:
        return self.perform(service, self._card, card_id=card_id, **given)


class DeactivateCard(CardAction):
    """Switch a card off; it keeps its balance and does not expire."""

    @documented(
        "Deactivate a card",
        scope=Scope.MANAGE,
        body=SwitchCardInput,
        answers={200: shown.Card},
        refusals=[ProgramNotFound, CardNotFound, CardAlreadyInactive],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.act(cards.deactivate, card_id, self.read(SwitchCardInput))


class ReactivateCard(CardAction):
    """Switch a card on again."""

    @documented(
        "Reactivate a card",
        scope=Scope.MANAGE,
        body=SwitchCardInput,
        answers={200: shown.Card},
        refusals=[ProgramNotFound, CardNotFound, CardAlreadyActive, CardInactive],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.act(cards.reactivate, card_id, self.read(SwitchCardInput))


class ReplaceCard(CardAction):
    """A lost phone or a leaked QR code: the card gets new ones, the old ones stop working."""

    @documented(
        "Replace a card",
        scope=Scope.MANAGE,
        body=ReplaceCardInput,
        answers={200: shown.Card},
        refusals=[ProgramNotFound, CardNotFound, CardInactive],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.act(cards.replace, card_id, self.read(ReplaceCardInput))


class MergeCards(CardAction):
    """Two cards that are one person's: the balances move to the other card, which is the answer."""

    @documented(
        "Merge a card into another",
        scope=Scope.MANAGE,
        body=MergeCardsInput,
        answers={200: shown.Card},
        refusals=[ProgramNotFound, CardNotFound, CardInactive, CardsNotMergeable],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.act(cards.merge, card_id, self.read(MergeCardsInput))
