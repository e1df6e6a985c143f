"""What loyalty adds to a customer's page: their cards with the buttons of each, and all that happened on them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from groundwork.console.actions import buttons
from groundwork.console.sections import Column, Section, link, with_remarks
from loyalty import notes
from loyalty.console.card import state_of, valid_at
from loyalty.console.lines import WITH_A_LINE, LineColumns, held_on, ledger_link
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.outputs.reasons import reasons
from loyalty.promoted import EARNED

LINES_SHOWN = 20
CARDS_SHOWN = 20
WITH_A_CARD = ("customer", "program", "merchant", "scope_store", "merged_into")
# What its buttons and its explanation read of a line besides.
WITH_ITS_BUTTONS = (
    "merchant__loyalty_settings",
    "card__program",
    "card__enrolled_at_store",
    "purchase__store",
    "terms",
)


def customer_sections(request: HttpRequest, customer: Customer) -> Sequence[Section]:
    """Those of the cards that this user may see, and what happened on them, at other stores too."""
    seen = admin.site.get_model_admin(LoyaltyCard).get_queryset(request).filter(customer=customer)
    cards = list(seen.select_related(*WITH_A_CARD).prefetch_related("codes").order_by("-id")[:CARDS_SHOWN])
    return [
        _cards(request, [card for card in cards if not card.is_deleted]),
        _ledger(request, customer, cards),
    ]


def _cards(request: HttpRequest, cards: Sequence[LoyaltyCard]) -> Section:
    page: Any = admin.site.get_model_admin(LoyaltyCard)
    rows = [
        (
            with_remarks(
                link(card.display_number, page.page_of(card)),
                _state(card, page),
                _("valid at: %(store)s") % {"store": valid_at(card)},
            ),
            held_on(card),
            localize(timezone.localtime(card.last_activity_at or card.created_at)),
            buttons(page, request, card, back=request.path),
        )
        for card in cards
    ]
    columns = [Column(_("card")), Column(_("balance")), Column(_("last activity")), Column(_("actions"))]
    return Section(
        key="cards",
        title=_("Cards"),
        columns=columns,
        rows=rows,
        empty=_("This person has no card."),
        comes_first=True,
    )


def _state(card: LoyaltyCard, page: Any) -> Any:
    """Whether it can be used; a card that was merged leads to the one that it became."""
    if card.merged_into is None:
        return state_of(card)[1]
    return format_html(
        "{} {}", _("merged into"), link(card.merged_into.display_number, page.page_of(card.merged_into))
    )


# --- What happened ----------------------------------------------------------------------------------------


def _ledger(request: HttpRequest, customer: Customer, cards: Sequence[LoyaltyCard]) -> Section:
    """The newest lines of all cards, with what each card held after each of them, and how that came about."""
    lines = LoyaltyTransaction.objects.filter(card__in=[card.pk for card in cards]).order_by("-id")
    newest = list(lines.select_related(*WITH_A_LINE, *WITH_ITS_BUTTONS)[: LINES_SHOWN + 1])
    has_more, newest = len(newest) > LINES_SHOWN, newest[:LINES_SHOWN]
    own = {card.pk: card for card in cards}
    reached = _reached(request, newest)
    return Section(
        key="ledger",
        title=_("What happened"),
        columns=[
            Column(_("when")),
            Column(_("what")),
            Column(_("card")),
            Column(_("amount"), is_number=True),
            Column(_("stamps"), is_number=True),
            Column(_("points"), is_number=True),
            Column(_("balance after")),
            Column(_("who")),
        ],
        rows=[_row(line, own[line.card_id], reached.get(line.pk, "")) for line in newest],
        empty=_("Nothing has happened yet."),
        more=ledger_link(_("All transactions"), customer=customer.pk) if has_more else "",
    )


def _row(line: LoyaltyTransaction, card: LoyaltyCard, its_buttons: str) -> Sequence[Any]:
    said = LineColumns()
    cards: Any = admin.site.get_model_admin(LoyaltyCard)
    what = said.kind(line)
    if line.reward_name:
        what = format_html("{}: {}", what, line.reward_name)
    terms = ""
    if line.terms is not None and line.terms_id != line.card.program.terms_id:  # others than those of today
        terms = gettext("rules since %(day)s") % {
            "day": localize(timezone.localtime(line.terms.valid_from).date())
        }
    return (
        said.when(line),
        with_remarks(
            what, *reasons(line, line.merchant.currency), terms, notes.in_words(line.notes), its_buttons
        ),
        link(card.display_number, cards.page_of(card)),
        said.amount(line),
        said.stamps(line),
        said.points(line),
        said.balance(line),
        with_remarks(said.who(line), line.store or ""),
    )


def _reached(request: HttpRequest, lines: Sequence[LoyaltyTransaction]) -> dict[int, str]:
    """The buttons of those of some lines that this user may open, by id: undo, and return at what was bought."""
    page, purchases = admin.site.get_model_admin(LoyaltyTransaction), admin.site.get_model_admin(Purchase)
    ids = [line.pk for line in lines]
    open_to = set(page.get_queryset(request).order_by().filter(pk__in=ids).values_list("pk", flat=True))
    found: dict[int, str] = {}
    for line in lines:
        if line.pk in open_to:
            found[line.pk] = buttons(page, request, line, back=request.path)
            if line.purchase is not None and line.transaction_type in EARNED:
                line.purchase.merchant = line.merchant
                its_return = buttons(purchases, request, line.purchase, back=request.path)
                found[line.pk] = format_html("{} {}", found[line.pk], its_return)
    return found
