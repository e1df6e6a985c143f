"""Where cards come from: what each card's rows say of how it was made. Every card has exactly one source."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from loyalty.models import Friend, ImportedPerson, LoyaltyTransaction, PrintedCard
from loyalty.models import TransactionType as Kind


class Source(TextChoices):
    """In the order in which they are told."""

    COUNTER = "counter", _("At the counter")
    PAGE = "page", _("By customers themselves")
    FRIEND = "friend", _("Brought by a friend")
    PRINTED = "printed", _("Printed beforehand")
    IMPORT = "import", _("Imported")
    KEY = "key", _("By another system (API key)")


TOLD_BESIDE = (Source.FRIEND, Source.PRINTED, Source.IMPORT)  # by a row of their own, whoever made the card


def _first_line(condition: Q) -> Exists:
    """Whether the line that made a card says so of who it was."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("pk"), transaction_type=Kind.CARD_CREATED)
    return Exists(lines.filter(condition).order_by())


KEY = Q(api_key__isnull=False)
SOMEBODY = Q(till__isnull=False) | Q(staff_pin__isnull=False) | Q(user__isnull=False)
NOBODY = Q(till__isnull=True, staff_pin__isnull=True, user__isnull=True)


def _first_is_true() -> list[tuple[Exists, Source]]:
    """What is true of the cards of each source, in the order in which it counts. Each has an index."""
    imported = ImportedPerson.objects.filter(card=OuterRef("pk"), made_card=True)
    return [
        (Exists(Friend.objects.filter(card=OuterRef("pk")).order_by()), Source.FRIEND),
        (Exists(PrintedCard.objects.filter(card=OuterRef("pk")).order_by()), Source.PRINTED),
        (Exists(imported.order_by()), Source.IMPORT),
        (_first_line(KEY), Source.KEY),
        (_first_line(~KEY & NOBODY), Source.PAGE),
        (_first_line(~KEY & SOMEBODY), Source.COUNTER),
    ]


def source() -> Case:
    """The source of a card, for a query of cards: the first that is true of it.

    A friend's invitation is forgotten when one of the two people is erased: then the card is one that its owner made.
    """
    *whens, (_somebody, last) = _first_is_true()
    cases = [When(condition, then=Value(known.value)) for condition, known in whens]
    return Case(*cases, default=Value(last.value), output_field=CharField())


def comes_from(asked: Source) -> Q:
    """The cards of one source: what is true of them, and nothing that counts before.

    The line that made a card is one, and says one thing: of two that are told by it, neither need be refused.
    """
    found = Q()
    for condition, known in _first_is_true():
        if known == asked:
            return found & Q(condition)
        if known in TOLD_BESIDE:
            found &= ~Q(condition)
    return found
