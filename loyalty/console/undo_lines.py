"""The lines of batches, one by one: what undoing each does, or why it cannot be undone; and as a file."""

from types import MappingProxyType

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.filters import ConditionFilter, RowFilter
from groundwork.console.grants import Grants
from loyalty.console.lines import change, page_of
from loyalty.models import UndoneLine, UndoState
from loyalty.outputs import owed
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import READERS


class BatchFilter(RowFilter):
    """The lines of one batch; its page leads here."""

    title = _("batch")
    parameter_name = field = "batch"
    offers = False


class StateFilter(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = MappingProxyType(
        {state.value: (capfirst(state.label), Q(state=state.value)) for state in UndoState}
    )


@admin.register(UndoneLine)
class UndoneLineAdmin(ConsoleAdmin):
    """The lines of batches, with what undoing each of them does or would do."""

    grants = Grants(view=READERS)
    list_display = ["transaction", "batch", "kind", "customer", "card", "stamps_by", "points_by", "owing"]
    list_display += ["state", "why", "merchant"]
    list_display_links = None
    exported_as = MappingProxyType({"stamps_by": "stamps", "points_by": "points"})
    exported_besides = ["line_id", "card_id", "stamps_owed", "points_owed"]
    list_filter = [BatchFilter, StateFilter, "merchant"]
    list_select_related = ["line", "card__customer", "batch", "merchant"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "merchant",
                    ("batch", "transaction"),
                    ("kind", "customer", "card"),
                    ("stamps_by", "points_by", "owing"),
                    ("state", "why"),
                ]
            },
        )
    ]
    readonly_fields = ["transaction", "kind", "customer", "stamps_by", "points_by", "owing"]

    @display(description=_("transaction"), ordering="line")
    def transaction(self, row: UndoneLine) -> str:
        return format_html('<a class="console-link" href="{}">#{}</a>', page_of(row.line_id), row.line_id)

    @display(description=_("kind"))
    def kind(self, row: UndoneLine) -> str:
        return capfirst(row.line.get_transaction_type_display())

    @display(description=_("customer"))
    def customer(self, row: UndoneLine) -> str:
        page = reverse("admin:customers_customer_change", args=[row.card.customer_id])
        return format_html('<a class="console-link" href="{}">{}</a>', page, row.card.customer)

    @display(description=_("stamps"), ordering="stamps")
    def stamps_by(self, row: UndoneLine) -> str:
        return change(row.stamps)

    @display(description=_("points"), ordering="points")
    def points_by(self, row: UndoneLine) -> str:
        return change(row.points)

    @display(description=_("owed by it"))
    def owing(self, row: UndoneLine) -> str:
        return ", ".join(owed.amounts(stamps=max(row.stamps_owed, 0), points=max(row.points_owed, 0)))
