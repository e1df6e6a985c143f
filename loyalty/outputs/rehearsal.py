"""What a rehearsal found, in the words of the console: the check, a sentence, figures side by side."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.money import money
from loyalty.models import LoyaltyProgram, LoyaltyType
from loyalty.reporting.rehearsal.draft import DECIMALS, PLAYED
from loyalty.reporting.rehearsal.figures import Check, Outcome
from loyalty.rules import POINT

AMOUNTS = frozenset({"minimum_purchase_cents", "stamps_reward_value_cents"})
DAY = 86_400  # seconds


@dataclass(frozen=True)
class Row:
    """A figure as it was, as it would have been, and by how much that is more."""

    name: str
    real: str
    drafted: str
    more: str


def check_in_words(check: Check) -> str:
    """Whether the rules as they were give what the ledger says."""
    if check.holds:
        return _holds(check)
    text = ngettext(
        "The rules as they were give %(count)s card something else than the ledger says (stamps: %(stamps)s, "
        "points: %(points)s). What follows is off by as much.",
        "The rules as they were give %(count)s cards something else than the ledger says (in all, stamps: %(stamps)s, "
        "points: %(points)s). What follows is off by as much.",
        check.differing_cards,
    )
    return text % {
        "count": _number(check.differing_cards),
        "stamps": _number(check.stamps),
        "points": number_format(check.units / POINT, force_grouping=True),
    }


def _holds(check: Check) -> str:
    counted = (
        (
            ngettext(
                "Difference 0: the rules as they were give %(count)s card what the ledger says, to the point.",
                "Difference 0: the rules as they were give every one of %(count)s cards what the ledger says, to the "
                "point.",
                check.cards,
            ),
            check.cards,
        ),
        (ngettext("%(count)s line was played.", "%(count)s lines were played.", check.lines), check.lines),
        (
            ngettext(
                "%(count)s of them that no rule made, like an adjustment, an import or a stamp without a receipt, is "
                "carried as it is.",
                "%(count)s of them that no rule made, like adjustments, imports and stamps without a receipt, are "
                "carried as they are.",
                check.carried,
            ),
            check.carried,
        ),
    )
    return " ".join(text % {"count": _number(count)} for text, count in counted)


def in_words(found: Outcome) -> list[str]:
    """Who would have had a reward at another time, a sentence each."""
    sooner, said = found.sooner, list[str]()
    if sooner.earlier:
        text = ngettext(
            "%(cards)s card would have had its reward earlier, by %(days)s days.",
            "%(cards)s cards would have had their reward earlier, by %(days)s days on average.",
            sooner.earlier,
        )
        said.append(text % _by(sooner.earlier, sooner.earlier_seconds))
    if sooner.later:
        text = ngettext(
            "%(cards)s card would have had its reward later, by %(days)s days.",
            "%(cards)s cards would have had their reward later, by %(days)s days on average.",
            sooner.later,
        )
        said.append(text % _by(sooner.later, sooner.later_seconds))
    if sooner.new:
        text = ngettext(
            "%(cards)s card that is still collecting would have had a reward by now.",
            "%(cards)s cards that are still collecting would have had a reward by now.",
            sooner.new,
        )
        said.append(text % {"cards": _number(sooner.new)})
    if sooner.none:
        text = ngettext(
            "%(cards)s card that has had a reward would still be collecting.",
            "%(cards)s cards that have had a reward would still be collecting.",
            sooner.none,
        )
        said.append(text % {"cards": _number(sooner.none)})
    return said


def _by(cards: int, seconds: float) -> dict[str, str]:
    return {"cards": _number(cards), "days": number_format(round(seconds / cards / DAY, 1), 1)}


def rows(found: Outcome, program: LoyaltyProgram) -> list[Row]:
    """The figures as a table."""
    real, drafted, currency = found.real, found.drafted, program.merchant.currency

    def counted(name: str, was: int, would: int) -> Row:
        return Row(name, _number(was), _number(would), _signed(would - was))

    def paid(name: str, was: int, would: int) -> Row:
        sign = "+" if would > was else ""
        return Row(name, money(was, currency), money(would, currency), sign + money(would - was, currency))

    shown = []
    if real.units or drafted.units:
        shown.append(counted(_("Points given"), real.points, drafted.points))
    if real.stamps or drafted.stamps:
        shown.append(counted(_("Stamps given"), real.stamps, drafted.stamps))
    shown.append(counted(_("Rewards handed out"), real.rewards, drafted.rewards))
    shown.append(paid(_("Value of these rewards"), real.rewards_cents, drafted.rewards_cents))
    if real.expired_units or drafted.expired_units:
        shown.append(
            counted(_("Points expired"), real.expired_units // POINT, drafted.expired_units // POINT)
        )
    shown.append(paid(_("Open value on all cards today"), real.liability_cents, drafted.liability_cents))
    shown.append(paid(_("Rewards and open value together"), real.cost_cents, drafted.cost_cents))
    return shown


def changes_in_words(program: LoyaltyProgram, draft: dict[str, Any], promotions: list[str]) -> list[str]:
    """What of the program is played otherwise: `draft` as a job keeps it, with what was there `before`."""
    said = []
    for name in PLAYED:
        if name in draft["changes"]:
            label = str(_field(name).verbose_name)
            before, after = (_value(program, name, draft[of].get(name)) for of in ("before", "changes"))
            text = _("%(field)s: %(after)s instead of %(before)s")
            said.append(text % {"field": label[:1].upper() + label[1:], "before": before, "after": after})
    if draft["rewards"] is not None:
        said.append(_("Other rewards for points"))
    return [*said, *promotions]


def _field(name: str) -> Any:
    return LoyaltyProgram._meta.get_field(name)


def _value(program: LoyaltyProgram, name: str, value: Any) -> str:
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in AMOUNTS:
        return money(value, program.merchant.currency)
    if name == "loyalty_type":
        return str(LoyaltyType(value).label)
    return number_format(value.rstrip("0").rstrip(".") if name in DECIMALS and "." in value else value)


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


def _signed(value: int) -> str:
    return f"+{_number(value)}" if value > 0 else _number(value)
