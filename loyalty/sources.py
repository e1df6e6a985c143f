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


def _first_line(**who: bool) -> Exists:
    """Whether the line that made a card says so of who it was."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("pk"), transaction_type=Kind.CARD_CREATED)
    return Exists(lines.filter(**who).order_by())


def _first_is_true() -> list[tuple[Exists, Source]]:
    """What is true of the cards of each source but the last, in the order in which it counts."""
    nobody = {"api_key__isnull": True, "till__isnull": True, "staff_pin__isnull": True, "user__isnull": True}
    imported = ImportedPerson.objects.filter(card=OuterRef("pk"), made_card=True)
    return [
        (Exists(Friend.objects.filter(card=OuterRef("pk")).order_by()), Source.FRIEND),
        (Exists(PrintedCard.objects.filter(card=OuterRef("pk")).order_by()), Source.PRINTED),
        (Exists(imported.order_by()), Source.IMPORT),
        (_first_line(api_key__isnull=False), Source.KEY),
        (_first_line(**nobody), Source.PAGE),
    ]


def source() -> Case:
    """The source of a card, for a query of cards: the first that is true of it.

    A friend's invitation is forgotten when one of the two people is erased: then the card is one that its owner made.
    """
    whens = [When(condition, then=Value(known.value)) for condition, known in _first_is_true()]
    return Case(*whens, default=Value(Source.COUNTER.value), output_field=CharField())


def comes_from(asked: Source) -> Q:
    """The cards of one source: what is true of them, and nothing that counts before. Each has an index."""
    found = Q()
    for condition, known in _first_is_true():
        if known == asked:
            return found & Q(condition)
        found &= ~Q(condition)
    return found
