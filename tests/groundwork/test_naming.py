"""Whether the name of a file names a person."""

import pytest

from groundwork.formats.naming import names_any

ANNA = ["anna.muller@example.com", "+352621123456", "Anna Müller", "Anna", "Müller"]


@pytest.mark.parametrize(
    "name",
    [
        "Anna Müller.csv",
        "ANNA_MULLER.xlsx",
        "kunden-mu\u0308ller.csv",
        "annas liste.csv",
        "00352 621 123 456.csv",
        "export anna.muller@example.com.csv",
    ],
)
def test_a_file_that_is_called_after_somebody_names_them(name: str) -> None:
    assert names_any(name, ANNA)


@pytest.mark.parametrize("name", ["customers.csv", "Kunden 2026-11.xlsx", "", "mirabel-gare.csv"])
def test_a_file_that_is_called_after_what_is_in_it_names_nobody(name: str) -> None:
    assert not names_any(name, ANNA)


def test_a_short_name_counts_as_a_word_of_its_own_only() -> None:
    assert names_any("Bo.csv", ["Bo"])
    assert not names_any("about our customers.csv", ["Bo"])
    assert not names_any("customers.csv", [""])
