"""Reading customers."""

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Upper

from customers.models import Customer

MOST_WORDS = 8  # of a search
MOST_FOUND = 10_000
SHORT = 2  # letters; no index knows them in the middle of a word


def typed(text: str) -> str:
    """A text as it can be looked for: PostgreSQL keeps no NUL, and nobody types one."""
    return text.replace("\x00", "").strip()


def words(text: str) -> list[str]:
    """The words of a search as it compares them."""
    return typed(text).lower().split()[:MOST_WORDS]


def with_word(customers: QuerySet[Customer], word: str) -> QuerySet[Customer]:
    """Customers of whose name, e-mail or phone a word is part; one or two letters begin a name, e-mail or phone."""
    return customers.filter(search_text__contains=word if len(word) > SHORT else f" {word}")


def matching(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Narrow customers to those whom each word of a text fits (by trigrams on PostgreSQL)."""
    for word in words(text):
        customers = with_word(customers, word)
    return customers


def perhaps_known_twice(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of some customers who share name and birthday with another living one.

    What is there twice is gathered first, from an index alone: that costs the same whether few share or many, a second
    at a million. So it is done at once, for the list and its count together, and for the newest 10,000.
    """
    living = Customer.objects.order_by()
    with_birthday = living.filter(birth_date__isnull=False).exclude(last_name="").annotate(**NAME)
    names = with_birthday.filter(
        birth_date__in=_twice(with_birthday, "birth_date", *NAME).values("birth_date")
    )
    found = names.filter(_another(with_birthday, "birth_date", *NAME)).order_by("-pk")
    return customers.filter(pk__in=list(found.values_list("pk", flat=True)[:MOST_FOUND]))


NAME = {"last": Upper("last_name"), "first": Upper("first_name")}


def _twice(customers: QuerySet[Customer], *what: str) -> QuerySet:
    return customers.values("merchant", *what).annotate(count=Count("*")).filter(count__gt=1)


def _another(customers: QuerySet[Customer], *what: str) -> Exists:
    same = {name: OuterRef(name) for name in ("merchant", *what)}
    return Exists(customers.filter(**same).exclude(pk=OuterRef("pk")))
