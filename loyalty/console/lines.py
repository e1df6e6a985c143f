"""A line of the ledger as the console's people read it: in the list of all, on its card, customer and receipt."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize, number_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.written import Writing
from groundwork.formats.money import in_whole_units, money
from groundwork.formats.numbers import signed
from loyalty import notes
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from loyalty.outputs import owed

WITH_A_LINE = ("store", "merchant", "staff_pin", "user", "api_key", "till", "voided_by")


def who(line: LoyaltyTransaction) -> str:
    """Who did it: the person with the PIN, else the user, else the till or its own system; empty for nobody."""
    user = line.user and (line.user.get_full_name() or line.user.email)
    return str(line.staff_pin or user or line.api_key or line.till or "")


def change(number: int) -> str:
    """A change with its sign; nothing for no change."""
    return signed(number) if number else ""


def held(*, stamps: int, points: int) -> str:
    """A net in words, below 0 what is owed: "3 stamps, 120 points are owed"."""
    counted = [
        ngettext("%(number)s stamp", "%(number)s stamps", stamps) % _number(stamps) if stamps > 0 else "",
        ngettext("%(number)s point", "%(number)s points", points) % _number(points) if points > 0 else "",
        *owed.amounts(stamps=max(0, -stamps), points=max(0, -points)),
    ]
    return ", ".join(filter(None, counted)) or gettext("nothing")


def held_on(card: LoyaltyCard) -> str:
    """The net of a card, in words."""
    return held(stamps=card.stamp_count - card.stamps_owed, points=card.points_balance - card.points_owed)


def balance_after(line: LoyaltyTransaction) -> str:
    """What the card held after a line, or what was owed on it: "3 stamps, 120 points"."""
    counted = []
    if line.stamps_delta or line.stamps_balance_after:
        count = line.stamps_balance_after
        counted.append(ngettext("%(number)s stamp", "%(number)s stamps", count) % _number(count))
    if line.points_delta or line.points_balance_after:
        count = line.points_balance_after
        counted.append(ngettext("%(number)s point", "%(number)s points", count) % _number(count))
    return ", ".join([*counted, *owed.amounts(stamps=line.stamps_owed_after, points=line.points_owed_after)])


def _number(count: int) -> dict[str, str]:
    return {"number": number_format(count, force_grouping=True)}


def page_of(line_id: int | None) -> str:
    """The address of a line's page."""
    return reverse("admin:loyalty_loyaltytransaction_change", args=[line_id])


def ledger_link(text: Any, **asked: Any) -> str:
    """A link to the list of all lines that answer to some filters."""
    address = f"{reverse('admin:loyalty_loyaltytransaction_changelist')}?{urlencode(asked)}"
    return format_html('<a class="console-link" href="{}">{}</a>', address, text)


def with_a_line(lines: QuerySet) -> QuerySet:
    """Lines with what their columns read."""
    return lines.select_related(*WITH_A_LINE)


class LineColumns:
    """What a line says of itself. Needs `with_a_line`, or it asks the database for each."""

    @property
    def readonly_preprocess_fields(self) -> Mapping[str, Writing]:
        return {**super().readonly_preprocess_fields, "notes": notes.in_words}

    @display(description=_("when"))
    def when(self, line: LoyaltyTransaction) -> str:
        moment = localize(timezone.localtime(line.transaction_at))
        return format_html('<a class="console-link" href="{}">{}</a>', page_of(line.pk), moment)

    @display(description=_("kind"), ordering="transaction_type")
    def kind(self, line: LoyaltyTransaction) -> Any:
        """In words; what was undone is struck through, and leads to its undoing."""
        words = capfirst(TransactionType(line.transaction_type).label)
        undoing = getattr(line, "voided_by", None)
        if undoing is not None:
            undone = gettext("undone on %(day)s") % {
                "day": localize(timezone.localtime(undoing.transaction_at).date())
            }
            template = '<s>{}</s> <a class="console-link" href="{}">{}</a>'
            return format_html(template, words, page_of(undoing.pk), undone)
        if line.voids_id is not None:
            undoes = gettext("of #%(number)s") % {"number": line.voids_id}
            template = '{} <a class="console-link" href="{}">{}</a>'
            return format_html(template, words, page_of(line.voids_id), undoes)
        return words

    @display(description=_("stamps"), ordering="stamps_delta")
    def stamps(self, line: LoyaltyTransaction) -> str:
        return change(line.stamps_delta)

    @display(description=_("points"), ordering="points_delta")
    def points(self, line: LoyaltyTransaction) -> str:
        return change(line.points_delta)

    @display(description=_("balance after"))
    def balance(self, line: LoyaltyTransaction) -> str:
        return balance_after(line)

    @display(description=_("amount"), ordering="purchase_amount_cents")
    def amount(self, line: LoyaltyTransaction) -> str:
        cents = line.purchase_amount_cents
        return "" if cents is None else money(cents, line.merchant.currency)

    @display(description=_("amount as a number"))
    def amount_as_number(self, line: LoyaltyTransaction) -> Decimal | None:
        cents = line.purchase_amount_cents
        return None if cents is None else in_whole_units(cents, line.merchant.currency)

    @display(description=_("receipt number"), ordering="order_reference")
    def receipt(self, line: LoyaltyTransaction) -> str:
        return line.order_reference

    @display(description=_("reward"), ordering="reward_name")
    def reward_then(self, line: LoyaltyTransaction) -> str:
        return line.reward_name

    @display(description=_("who"))
    def who(self, line: LoyaltyTransaction) -> str:
        return who(line)
