"""The customers of the demo: names as one meets them in Luxembourg, and how often each comes by."""

import random
from dataclasses import dataclass
from datetime import date

from groundwork.formats.email import normalize_email

FIRST = (
    "Anouk Jules Inês Pol Lena Marc Chantal Tom Sofia Luc Claire Ben Mia Nuno Emma Jang Yasmine Paul Carole Rui "
    "Fabienne Steve Nora Mathis Lynn Gilles Amélie Kevin Martine Félix Isabel Raphaël Tessy Ivo Maud Serge Lara "
    "Dany Joëlle Tim"
).split()
LAST = (
    "Weber Reding Costa Schmit Thill Diedrich Almeida Kieffer Hoffmann Muller Faber Klein Wagner Ferreira Majerus "
    "Kremer Lentz Schroeder Pereira Weis Biver Neuens Steffen Berens Santos Goedert Krier Haas Origer Ries"
).split()
ASCII = str.maketrans("êéèëïôäöüã", "eeeeioaoua")
LANGUAGES = ("lb", "lb", "fr", "fr", "de", "en")


@dataclass(frozen=True)
class Person:
    """A customer. `pause_days` lie between two visits; `gone_for_days` since the last one."""

    name: str
    email: str
    phone: str | None
    birth_date: date | None
    language: str
    consent: bool
    joined_days_ago: int
    pause_days: float
    gone_for_days: int


def make(dice: random.Random, index: int, slug: str) -> Person:
    """The `index`-th customer of a merchant; the same for the same dice."""
    first, last = FIRST[index % len(FIRST)], dice.choice(LAST)
    address = normalize_email(f"{first}.{last}.{index}@{slug}-customers.example")
    joined = dice.randint(5, 540)
    lost = dice.random() < 0.2
    return Person(
        name=f"{first} {last}",
        email=address.translate(ASCII),
        phone=f"621{dice.randint(100_000, 999_999)}" if dice.random() < 0.6 else None,
        birth_date=date(dice.randint(1950, 2006), dice.randint(1, 12), dice.randint(1, 28))
        if dice.random() < 0.4
        else None,
        language=dice.choice(LANGUAGES),
        consent=dice.random() < 0.5,
        joined_days_ago=joined,
        pause_days=dice.choice((4, 7, 11, 16, 25)),
        gone_for_days=min(joined, dice.randint(60, 380)) if lost else dice.randint(0, 6),
    )
