"""The ledger in the console: to look at, never to change."""

from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncDate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from groundwork.console.actions import ReasonForm
from groundwork.console.charts import Chart, Series, chart, hours_chart
from groundwork.console.grants import Grants
from groundwork.console.lists import BoundedChangeList
from groundwork.formats.money import money
from groundwork.formats.numbers import signed
from loyalty import finding, selectors
from loyalty.console.ledger_filters import LEDGER_FILTERS, WhenFilter
from loyalty.console.lines import WITH_A_LINE, LineColumns
from loyalty.console.undoing import UndoingMany
from loyalty.errors import NotVoidable
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.outputs import owed
from loyalty.outputs.transaction import newly_owed
from loyalty.services import voids
from tenancy.actor import actor_for
from tenancy.console.asked_list import AskedList
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import MANAGERS, READERS

FEW_CARDS = 200
WHEN_ASKED = tuple(f"{WhenFilter.parameter_name}_{bound}" for bound in ("from", "to"))
LINES_OF_A_CHART = 2  # fewer are seen at a glance


def by_receipt_or_card(rows: QuerySet, receipts: QuerySet, search_term: str) -> QuerySet:
    """Rows of the receipt that was asked for, if there are any; else those of the cards that match."""
    if not search_term or receipts.exists():
        return receipts if search_term else rows
    cards = finding.matching(LoyaltyCard.all_objects.order_by(), search_term).values_list("pk", flat=True)
    # Few cards are named one by one: their rows may be old, and the database would look for them among the new.
    few = list(cards[: FEW_CARDS + 1])
    return rows.filter(card__in=few if len(few) <= FEW_CARDS else cards)


class LedgerList(BoundedChangeList):
    """The list, and what its lines amount to."""

    @cached_property
    def totals(self) -> list[tuple[Any, str]] | None:
        """Names and sums over all pages; None where there are more lines than are counted."""
        if self.paginator.is_bounded:
            return None
        lines = self.queryset.order_by()
        found = lines.aggregate(
            stamps_up=Sum("stamps_delta", filter=Q(stamps_delta__gt=0), default=0),
            stamps_down=Sum("stamps_delta", filter=Q(stamps_delta__lt=0), default=0),
            points_up=Sum("points_delta", filter=Q(points_delta__gt=0), default=0),
            points_down=Sum("points_delta", filter=Q(points_delta__lt=0), default=0),
        )
        named = [
            (_("Stamps given"), "stamps_up"),
            (_("Stamps taken"), "stamps_down"),
            (_("Points given"), "points_up"),
            (_("Points taken"), "points_down"),
        ]
        shown = [(name, signed(found[key])) for name, key in named if found[key]]
        return [(_("Transactions"), number_format(self.result_count, force_grouping=True)), *shown] + [
            (_("Purchases"), money(cents, currency)) for currency, cents in self._purchases(lines)
        ]

    @cached_property
    def drawn(self) -> Chart | None:
        """How many lines there are by day, or by hour of the only day; None where there is nothing to compare."""
        if self.paginator.is_bounded or self.result_count < LINES_OF_A_CHART:
            return None
        lines, zone = self.queryset.order_by(), timezone.get_current_timezone()
        by_day = dict(_counted(lines, TruncDate("transaction_at", tzinfo=zone)))
        first, last = min(by_day), max(by_day)
        name = LoyaltyTransaction._meta.verbose_name_plural
        if first == last:
            by_hour = dict(_counted(lines, ExtractHour("transaction_at", tzinfo=zone)))
            counts = [by_hour.get(hour, 0) for hour in range(24)]
            return hours_chart(_("Transactions by hour"), [Series(str(name), "bar-one", counts)])
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        counts = [by_day.get(day, 0) for day in days]
        return chart(_("Transactions"), days, [Series(str(name), "bar-one", counts)])

    def _purchases(self, lines: QuerySet) -> QuerySet:
        """What was bought, by currency; a purchase may have several lines, and counts once, without its returns."""
        bought = Purchase.objects.filter(pk__in=lines.values("purchase")).order_by("merchant__currency")
        kept = Sum(F("amount_cents") - F("returned_cents"))
        return bought.values_list("merchant__currency").annotate(kept=kept)


def _counted(lines: QuerySet, when: Any) -> QuerySet:
    return lines.annotate(when=when).values_list("when").annotate(count=Count("pk"))


@admin.register(LoyaltyTransaction)
class LoyaltyTransactionAdmin(UndoingMany, LineColumns, AskedList, ConsoleAdmin):
    """All lines of the ledger that a user may see, newest first."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_icon = "receipt_long"
    empty_help = _("Every stamp, every point and every reward is listed here as soon as it is given.")
    actions_detail = ("undo",)
    ordering = ["-id"]
    list_above = "admin/ledger_totals.html"
    columns_besides = ["receipt", "staff_pin", "user", "till", "api_key", "recorded_offline", "created_at"]
    list_display = [
        "transaction_at",
        "kind",
        "customer",
        "card",
        "amount",
        "stamps",
        "points",
        "balance",
        "reward_then",
        "store",
        "merchant",
        "who",
        "notes",
    ]
    list_display_links = ["transaction_at"]
    exported_besides = [
        *("id", "card_id", "receipt", "stamps_owed_after", "points_owed_after", "amount_as_number"),
    ]
    exported_as = MappingProxyType(  # numbers, without signs
        {"stamps": "stamps_delta", "points": "points_delta"}
    )
    list_filter = list(LEDGER_FILTERS)
    list_filter_submit = True
    list_select_related = ["card__customer", *WITH_A_LINE]
    search_fields = ["order_reference", "card__card_number"]
    search_help_text = _("Card number, receipt number, or part of a customer's name or e-mail")
    fieldsets = [
        (None, {"fields": ["merchant", ("transaction_type", "card"), ("transaction_at", "created_at")]}),
        (
            _("What changed"),
            {
                "fields": [
                    ("stamps_delta", "stamps_balance_after", "stamps_owed_after"),
                    ("points_delta", "points_balance_after", "points_owed_after"),
                    ("amount", "order_reference", "purchase"),
                    ("reward_name", "reward_points_cost"),
                    ("voids", "restores"),
                ]
            },
        ),
        (_("Where and who"), {"fields": ["store", ("staff_pin", "user", "api_key", "till"), "notes"]}),
        (_("Trace"), {"fields": [("address", "device"), "recorded_offline"]}),
    ]

    readonly_fields = ["amount", "address", "device"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        receipts = queryset.filter(order_reference=search_term.strip())
        return by_receipt_or_card(queryset, receipts, search_term), False

    def name_in_history(self, row: LoyaltyTransaction) -> str:
        return f"#{row.pk}"

    # --- the order ---

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """The newest first; where it is asked when something happened, by that: an index is read back from the bound,
        and not every line that was written since.
        """
        asks_when = any(request.GET.get(name, "").strip() for name in WHEN_ASKED)
        if asks_when and self.merchant_asked_for(request) is not None:
            return ["-transaction_at", "-id"]
        return super().get_ordering(request)

    def get_paginator(self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any) -> Any:
        paginator = super().get_paginator(request, queryset, *args, **kwargs)
        paginator.order = self.get_ordering(request)
        return paginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LedgerList]:
        return LedgerList

    @display(description=_("customer"))
    def customer(self, line: LoyaltyTransaction) -> str:
        page = reverse("admin:customers_customer_change", args=[line.card.customer_id])
        return format_html('<a class="console-link" href="{}">{}</a>', page, line.card.customer)

    @display(description=_("network address"))
    def address(self, line: LoyaltyTransaction) -> str:
        return line.ip_address or ""

    @display(description=_("browser or app"))
    def device(self, line: LoyaltyTransaction) -> str:
        return line.user_agent

    # --- undoing ---

    def has_undo_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        line = self.row(request, obj)
        if line is None or not self.may(request, "act", line):
            return False
        store = line.store or line.card.enrolled_at_store
        settings = selectors.settings_of(line.merchant)
        actor = actor_for(request, line.merchant_id)
        return store is not None and voids.refusal(line, store=store, actor=actor, settings=settings) is None

    @action(description=_("Undo"), permissions=["undo"], icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Undo this transaction"),
            explanation=_(
                "The opposite is written to the ledger. What of it is spent already is owed from then on."
            ),
            form_class=ReasonForm,
            perform=self._undo,
        )

    def _undo(self, request: HttpRequest, line: LoyaltyTransaction, cleaned: dict[str, Any]) -> str:
        store = line.store or line.card.enrolled_at_store
        if store is None:
            raise NotVoidable()
        done = voids.void(
            store=store,
            transaction_id=line.pk,
            actor=actor_for(request, line.merchant_id),
            reason=cleaned["reason"],
            asks_for_pin=False,
        )
        said = owed.amounts(**newly_owed(done.transactions))
        return " ".join([gettext("It was undone."), *(f"{text}." for text in said)])
