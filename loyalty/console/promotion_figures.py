"""What a promotion has given, as numbers: its file has those where the list has words and signs."""

from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.formats.money import in_whole_units
from loyalty.models import Promotion
from loyalty.reporting.promotions import Given, given_by


def figures_of(row: Any) -> Given:
    """What a promotion has given; asked once, where its list has not done so for all."""
    if not hasattr(row, "figures"):
        row.figures = given_by([row]).get(row.pk, Given())
    found: Given = row.figures
    return found


class InNumbers:
    """Gives the promotions' file its numbers."""

    exported_besides = ("given_as_number", "cost_as_number")
    exported_as = MappingProxyType(
        {"times": "times_counted", "cards": "cards_counted", "purchases": "purchases_counted"}
    )

    def times_counted(self, row: Promotion) -> int:
        return figures_of(row).times

    def cards_counted(self, row: Promotion) -> int:
        return figures_of(row).cards

    def purchases_counted(self, row: Promotion) -> int:
        return figures_of(row).purchases

    @display(description=_("given as a number"))
    def given_as_number(self, row: Promotion) -> int:
        figures = figures_of(row)
        return figures.stamps if row.rule().unit == 1 else figures.whole_points

    @display(description=_("cost as a number"))
    def cost_as_number(self, row: Promotion) -> Decimal:
        return in_whole_units(figures_of(row).cost_cents(row.program), row.merchant.currency)
