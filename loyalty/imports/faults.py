"""What can be wrong with a cell of a file of customers, and how that is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.services.codes import NOT_A_CODE

SENTENCES: Mapping[str, Promise] = {
    "no_value": _("This is a formula or an error without a value. Save the file with the values."),
    "rounded": _("A spreadsheet has rounded this number: its last digits are lost."),
    "day": _("This is no date of birth; write it like 1990-12-31."),
    "year_only": _("This is only a year; write the day too, like 1990-12-31."),
    "future_day": _("This day is still to come."),
    "day_or_month": _("It is not clear which number is the day: answer the question about this column."),
    "amount": _("Write a number, 0 or more."),
    "amount_whole": _("Write a whole number, 0 or more."),
    "amount_unclear": _("It is not clear where the decimals begin: answer the question about this column."),
    "too_much": _("This is too much: %(count)d at most."),
    "phone": _("This cannot be a telephone number."),
    "phone_bare": _(
        "The + or the first 0 of this number seems to be lost: answer the question about this column."
    ),
    "email": _("This is no e-mail address."),
    "language": _("Use one of en, fr, de, lb."),
    "tags": _("Write at most %(most)d tags of %(longest)d characters each, with commas between them."),
    "yes_or_no": _("Write yes or no."),
    "too_long": _("This is too long: %(count)d characters at most."),
    "code": NOT_A_CODE,
    "differ": _("Two columns for one thing say different things here."),
    "several_lines": _("This goes over several lines. Perhaps a quotation mark is missing."),
    "sum": _("This seems to be a sum and nobody's name."),
    "nobody": _("An e-mail address, a phone number or a name is needed."),
    "no_stamps": _("This program has no stamps."),
    "no_points": _("This program has no points."),
    "more_cells": _("This line has more cells than the first line has headings."),
    "seen_email": _("This address stands in line %(line)d already."),
    "seen_phone": _("This number stands in line %(line)d already."),
    "seen_code": _("This code stands in line %(line)d already."),
    "card_off": _("The card of this customer is switched off."),
    "code_taken": _("This code means another card already."),
    "code_printed": _("This is the number of a printed card. It becomes a card when a till scans it."),
    "phone_taken": _("Another customer has this phone number."),
    "seen_person": _("This is the person of line %(line)d."),
}


def in_words() -> Mapping[str, str]:
    """What can be wrong with a cell, in the language that is active."""
    return {why: str(sentence) for why, sentence in SENTENCES.items()}


@dataclass(frozen=True)
class Fault:
    """A cell that is wrong: the line as a spreadsheet counts it, the column's heading, and why."""

    line: int
    column: str
    why: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.said({self.why: str(SENTENCES[self.why])})

    def said(self, sentences: Mapping[str, str]) -> str:
        """The same, of sentences that are in one language already (`in_words`): for many faults at once."""
        return sentences[self.why] % self.about if self.about else sentences[self.why]
