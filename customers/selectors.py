"""Reading customers."""

import re
from collections.abc import Iterable, Sequence

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Count, Exists, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Upper

from customers.models import Customer
from groundwork.database.text_search import as_near_as, plain

MOST_WORDS = 8  # of a search
MOST_FOUND = 10_000
SHORT = 2  # letters; no index knows them in the middle of a word
NAMED = 100  # found as typed are named one by one, instead of being searched for again
FEW = 20  # found as typed: with fewer, names that are nearly so are looked for as well
NEAR = 0.5  # how similar a name is that is known in spite of a slip: Hofman is Hoffmann by 0.56
MOST_LISTED = 100  # tags to choose from
LONG_ENOUGH = 4  # letters of a name, to be known in spite of a slip
_JOINTS = str.maketrans("", "", "-'\u2018\u2019\u02bc")  # within a name, as in Jean-Luc and O'Brian
_PHONE = re.compile(r"(?:0|\+|\d+[./])[\d ()./-]{6,}")  # as people write one, and no card's number
TextField.register_lookup(TrigramWordSimilar)


def typed(text: str) -> str:
    """A text as it can be looked for: PostgreSQL keeps no NUL, and nobody types one."""
    return text.replace("\x00", "").strip()


def words(text: str) -> list[str]:
    """The words of a search as it compares them: small letters without accents; a telephone number is one word."""
    sought = typed(text)
    if _PHONE.fullmatch(sought):
        # The 0 before a number of a country stands where E.164 has the country's code.
        digits = "".join(sign for sign in sought.replace("(0)", "") if sign.isdecimal())
        return [digits.lstrip("0") or digits]
    return plain(sought).split()[:MOST_WORDS]


def with_word(customers: QuerySet[Customer], word: str) -> QuerySet[Customer]:
    """Customers of whose name, e-mail or phone a word is part; one or two letters begin a name, e-mail or phone."""
    return customers.filter(search_text__contains=word if len(word) > SHORT else f" {word}")


def matching(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Narrow customers to those whom each word of a text fits, or nearly where few do: those as typed come first."""
    sought = words(text)
    found = nearly(customers, sought)
    if found is None:
        return with_words(customers, sought)
    as_typed, near = found
    rows = customers.filter(pk__in=as_typed | near)
    return as_typed_first(rows, Q(pk__in=as_typed)) if near else rows


def with_words(customers: QuerySet[Customer], sought: Iterable[str]) -> QuerySet[Customer]:
    """Customers of whom every word is part."""
    for word in sought:
        customers = with_word(customers, word)
    return customers


def nearly(customers: QuerySet[Customer], sought: Sequence[str]) -> tuple[set[int], set[int]] | None:
    """Whom words fit as typed, and whose name comes near them (by the trigrams of its index); ids, a few of each.

    Nobody comes near where enough fit as typed. None where too many do to be named, or no word is a name that is long
    enough for a slip.
    """
    letters = {word: word.translate(_JOINTS) for word in sought}
    names = [word for word in sought if letters[word].isalpha() and len(letters[word]) >= LONG_ENOUGH]
    customers = customers.order_by()
    if not names or len(as_typed := _ids(with_words(customers, sought), NAMED + 1)) > NAMED:
        return None
    if len(as_typed) >= FEW:
        return as_typed, set()
    near = with_words(customers, [word for word in sought if word not in names])
    for name in names:
        near = near.filter(search_text__trigram_word_similar=name)
    nearest = near.order_by(TrigramWordSimilarity(" ".join(names), "search_text").desc(), "-pk")
    with as_near_as(NEAR):
        return as_typed, _ids(nearest, FEW)


def _ids(customers: QuerySet[Customer], most: int) -> set[int]:
    return set(customers.values_list("pk", flat=True)[:most])


def as_typed_first(rows: QuerySet, as_typed: Q) -> QuerySet:
    """Some rows with those as typed before the others, each in the order that they had."""
    if not rows.ordered:
        return rows
    order = rows.query.order_by or rows.model._meta.ordering
    return rows.alias(comes=Case(When(as_typed, then=Value(0)), default=Value(1))).order_by("comes", *order)


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


def with_tags(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Customers with any tag, by their index."""
    return customers.exclude(tags=[])


def tags_of(customers: QuerySet[Customer]) -> list[str]:
    """The tags of some customers, each once, in the order of the alphabet; the first hundred of them.

    They are those of the newest 10,000 that have any.
    """
    newest = with_tags(customers).order_by("-pk")[:MOST_FOUND]
    tagged = Customer.objects.filter(pk__in=newest.values("pk")).order_by()
    rows = tagged.annotate(tag=Func("tags", function="unnest")).values_list("tag", flat=True).distinct()
    return sorted(rows, key=str.casefold)[:MOST_LISTED]
