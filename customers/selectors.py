"""Reading customers."""

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from customers.models import Customer

MOST_WORDS = 8  # of a search
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
    """Those of some customers who share a telephone, or name and birthday, with another living one.

    One of each group is gathered first, in the order of an index: that costs the same whether few share or many.
    """
    living = Customer.objects.order_by()
    with_phone = living.exclude(phone="")
    with_birthday = living.filter(birth_date__isnull=False).exclude(last_name="").annotate(**NAME)
    same_phone = with_phone.filter(_one_of_many(with_phone, "phone"), **_as_outside("phone"))
    same_name = with_birthday.filter(
        _one_of_many(with_birthday, "birth_date", *NAME), **_as_outside("birth_date", *NAME)
    )
    sharing = with_phone.filter(Exists(same_phone)).values("pk")
    return customers.filter(pk__in=sharing.union(with_birthday.filter(Exists(same_name)).values("pk")))


NAME = {"last": Upper("last_name"), "first": Upper("first_name")}


def _one_of_many(customers: QuerySet[Customer], *shared: str) -> Q:
    groups = (
        customers.values("merchant", *shared).annotate(count=Count("pk"), one=Min("pk")).filter(count__gt=1)
    )
    return Q(pk__in=groups.values("one"))


def _as_outside(*shared: str) -> dict[str, OuterRef]:
    return {name: OuterRef(name) for name in ("merchant", *shared)}
