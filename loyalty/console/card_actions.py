"""What a manager does with a card in the console: each button asks for the reason and calls one service."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from groundwork.console.actions import QuestionForm
from groundwork.idempotency.once import exactly_once
from loyalty import finding
from loyalty.console.card_forms import (
    AdjustForm,
    CardForm,
    MergeForm,
    RemoveCodeForm,
    ReplaceForm,
    StampForm,
    stores_for,
)
from loyalty.console.lines import held_on
from loyalty.console.once import call_once
from loyalty.models import LoyaltyCard
from loyalty.outputs import owed
from loyalty.services import cards, codes, debts, points, stamps
from tenancy.actor import actor_for


def owed_on(card: LoyaltyCard) -> list[str]:
    """What is owed on a card, with what it comes from, as the console writes days."""
    return owed.sentences(card, day=lambda moment: localize(moment.date()))


class CardActions:
    """The buttons of a card's page. Each is there only while it would work."""

    actions_detail = (
        "give_stamp",
        "adjust_points",
        "reactivate",
        "let_go",
        {
            "title": _("More"),
            "icon": "more_horiz",
            "items": ["send_link", "replace", "merge", "remove_code", "deactivate"],
        },
    )

    # --- when ---

    def _may(self, request: HttpRequest, obj: Any) -> LoyaltyCard | None:
        """The card, if this user may do anything with it; asked once for all buttons of a page."""
        asked: dict[str, LoyaltyCard | None] = getattr(request, "cards_acted_on", {})
        key = str(getattr(obj, "pk", obj))
        if request.method != "GET" or key not in asked:
            asked[key] = self._allowed(request, self.row(request, obj))  # type: ignore[attr-defined]
            request.cards_acted_on = asked  # type: ignore[attr-defined]
        return asked[key]

    def _allowed(self, request: HttpRequest, card: LoyaltyCard | None) -> LoyaltyCard | None:
        if card is None or card.is_deleted or not self.may(request, "act", card):  # type: ignore[attr-defined]
            return None
        return card if _is_valid_at_theirs(request, card) else None

    def has_give_stamp_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.is_active and card.program.has_stamps

    def has_adjust_points_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.is_active and card.program.has_points

    def has_deactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.is_active

    def has_reactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and not card.is_active and card.merged_into_id is None

    def has_let_go_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.merged_into_id is None and debts.owes(card)

    def has_send_link_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.is_active and bool(card.customer.email)

    def has_remove_code_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        card = self._may(request, obj)
        return card is not None and card.codes.exists()

    # --- what ---

    @action(description=_("Give stamps"), permissions=["give_stamp"], icon="approval")
    def give_stamp(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, title=_("Give stamps"), form_class=StampForm, perform=self._give_stamp
        )

    def _give_stamp(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(
            stamps.give,
            request,
            card,
            cleaned,
            count=cleaned["count"],
            notes=cleaned["reason"],
            asks_for_pin=False,
        )
        text = ngettext("%(count)d stamp was given.", "%(count)d stamps were given.", cleaned["count"])
        return text % {"count": cleaned["count"]}

    @action(description=_("Adjust points"), permissions=["adjust_points"], icon="exposure")
    def adjust_points(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, title=_("Adjust points"), form_class=AdjustForm, perform=self._adjust_points
        )

    def _adjust_points(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(
            points.adjust,
            request,
            card,
            cleaned,
            points_delta=cleaned["points_delta"],
            reason=cleaned["reason"],
        )
        return gettext("The points were adjusted.")

    @action(description=_("Send the link"), permissions=["send_link"], icon="forward_to_inbox")
    def send_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(  # type: ignore[attr-defined]
            request,
            object_id,
            title=_("Send the link to the card"),
            explanation=_("The customer gets an e-mail with the address of their card."),
            form_class=QuestionForm,
            perform=self._send_link,
        )

    def _send_link(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        cards.send_link(card=card, actor=actor_for(request, card.merchant_id))
        return gettext("The link is on its way.")

    @action(description=_("Replace"), permissions=["deactivate"], icon="autorenew")
    def replace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Replace the card"),
            explanation=_(
                "For a lost phone or a code in wrong hands: the QR code and the address of the card's page are new, "
                "the old ones stop working. Stamps and points stay."
            ),
            form_class=ReplaceForm,
            perform=self._replace,
        )

    def _replace(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(
            cards.replace, request, card, cleaned, reason=cleaned["reason"], new_number=cleaned["new_number"]
        )
        card.refresh_from_db()
        return gettext("The card was replaced.")

    @action(description=_("Merge"), permissions=["deactivate"], icon="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Merge into another card"),
            explanation=_merging(self.row(request, object_id)),  # type: ignore[attr-defined]
            form_class=MergeForm,
            perform=self._merge,
        )

    def _merge(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        into = cleaned.get("suggestion") or finding.find_card(cleaned["store"], cleaned["other"]).pk
        _once(cards.merge, request, card, cleaned, into_card_id=int(into), reason=cleaned["reason"])
        kept = LoyaltyCard.objects.select_related("customer").get(pk=into)
        return " ".join(
            [
                gettext("The cards were merged."),
                gettext("%(person)s (%(number)s) has %(balance)s now.") % _named(kept),
            ]
        )

    @action(description=_("Remove a code"), permissions=["remove_code"], icon="barcode_reader")
    def remove_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Remove a code"),
            explanation=_("The earlier card with this code is not found any more."),
            form_class=RemoveCodeForm,
            perform=self._remove_code,
        )

    def _remove_code(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(codes.remove, request, card, cleaned, code_id=int(cleaned["code"]))
        return gettext("The code was removed.")

    @action(
        description=_("Deactivate"), permissions=["deactivate"], icon="block", variant=ActionVariant.DANGER
    )
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Deactivate the card"),
            explanation=_("It keeps its stamps and points, and nothing on it expires."),
            perform=self._deactivate,
        )

    def _deactivate(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(cards.deactivate, request, card, cleaned, reason=cleaned["reason"])
        return gettext("The card was deactivated.")

    @action(description=_("Reactivate"), permissions=["reactivate"], icon="check_circle")
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Reactivate the card"),
            explanation=_("It can be used again; its points do not expire within 14 days."),
            perform=self._reactivate,
        )

    def _reactivate(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(cards.reactivate, request, card, cleaned, reason=cleaned["reason"])
        return gettext("The card is active again.")

    @action(description=_("Let go what is owed"), permissions=["let_go"], icon="volunteer_activism")
    def let_go(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            object_id,
            title=_("Let go what is owed"),
            explanation=" ".join(owed_on(self.row(request, object_id))),  # type: ignore[attr-defined]
            perform=self._let_go,
        )

    def _let_go(self, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any]) -> str:
        _once(debts.forgive, request, card, cleaned, reason=cleaned["reason"])
        return gettext("What was owed is let go.")

    def _ask(self, request: HttpRequest, object_id: str, **page: Any) -> HttpResponse:
        return self.ask(request, object_id, **({"form_class": CardForm} | page))  # type: ignore[attr-defined]


def _is_valid_at_theirs(request: HttpRequest, card: LoyaltyCard) -> bool:
    """Whether a card is valid at a store of this user; asked once for all cards that are valid at the same ones."""
    asked: dict[tuple[int, int | None], bool] = getattr(request, "stores_of_cards", {})
    valid = (card.merchant_id, card.scope_store_id)
    if valid not in asked:
        asked[valid] = stores_for(request, card).exists()
        request.stores_of_cards = asked  # type: ignore[attr-defined]
    return asked[valid]


def _named(card: LoyaltyCard) -> dict[str, str]:
    """Whose a card is, and what is on it."""
    return {"person": str(card.customer), "number": card.display_number, "balance": held_on(card)}


def _merging(card: LoyaltyCard) -> str:
    """What becomes of a card that is merged, and whose it is."""
    return " ".join(
        [
            gettext("%(person)s (%(number)s) has %(balance)s now.") % _named(card),
            gettext("All stamps and points move to the other card, and this one is switched off for good."),
        ]
    )


def _once(
    service: exactly_once, request: HttpRequest, card: LoyaltyCard, cleaned: dict[str, Any], **more: Any
) -> None:
    """Call a service for a card, where the form says, as who sent it."""
    call_once(service, request, store=cleaned["store"], key=cleaned["key"], card_id=card.pk, **more)
