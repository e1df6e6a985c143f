"""What imports and lists say of none, one and two, in each language."""

import pytest
from django.utils import translation

from groundwork.jobs.models import JobKind
from loyalty import notes
from loyalty.imports.plan import Figures
from loyalty.outputs import imported
from tenancy.console.job import words_for
from tenancy.models import BackgroundJob
from tests.console.bringing import check, confirm
from tests.console.world import World

BROUGHT = {
    "en": (
        "0 new people, 0 cards, 0 balances (0 stamps, 0 points)",
        "1 new person, 1 card, 1 balance (1 stamp, 1 point)",
        "2 new people, 2 cards, 2 balances (2 stamps, 2 points)",
    ),
    "de": (
        "0 neue Personen, 0 Karten, 0 Stände (0 Stempel, 0 Punkte)",
        "1 neue Person, 1 Karte, 1 Stand (1 Stempel, 1 Punkt)",
        "2 neue Personen, 2 Karten, 2 Stände (2 Stempel, 2 Punkte)",
    ),
    "fr": (
        "0 nouvelle personne, 0 carte, 0 solde (0 tampon, 0 point)",
        "1 nouvelle personne, 1 carte, 1 solde (1 tampon, 1 point)",
        "2 nouvelles personnes, 2 cartes, 2 soldes (2 tampons, 2 points)",
    ),
    "lb": (
        "0 nei Persounen, 0 Kaarten, 0 Saldoen (0 Stempelen, 0 Punkten)",
        "1 nei Persoun, 1 Kaart, 1 Saldo (1 Stempel, 1 Punkt)",
        "2 nei Persounen, 2 Kaarten, 2 Saldoen (2 Stempelen, 2 Punkten)",
    ),
}


def figures(number: int) -> Figures:
    return Figures(
        new_customers=number,
        new_cards=number,
        balances=number,
        stamps=number,
        points=number,
        changed=number,
        known=number,
    )


@pytest.mark.parametrize("language", BROUGHT)
def test_what_an_import_brought_is_counted_right(language: str) -> None:
    with translation.override(language):
        assert tuple(imported.brought(figures(number)) for number in range(3)) == BROUGHT[language]


def test_what_an_import_found_and_will_take_back_is_counted_right() -> None:
    assert imported.known(figures(1)) == "1 person got something that was missing, 1 stays as it was."
    assert imported.known(figures(2)) == "2 people got something that was missing, 2 stay as they were."
    assert imported.expected(figures(1)).startswith(
        "1 person is removed with their card, unless something else has happened to them since. 1 balance is undone. "
    )


def test_one_person_in_a_file_is_one_in_its_preview_and_on_its_page(world: World) -> None:
    checked = check(world, "email,stamps,points\nlea@example.com,1,1\nnobody,1,1\n")
    preview = checked.content.decode()
    assert "1 stamp, 1 point" in preview
    assert "<strong>1</strong><span>is left out</span>" in preview
    assert "1 new person, 1 card, 1 balance (1 stamp, 1 point)" in confirm(world, checked).content.decode()


@pytest.mark.parametrize(
    ("language", "known", "unknown"),
    [
        ("en", "Lines read: 0 of 1", "Lines read: 1"),
        ("de", "Zeilen gelesen: 0 von 1", "Zeilen gelesen: 1"),
        ("fr", "Lignes lues\u00a0: 0 sur 1", "Lignes lues\u00a0: 1"),
        ("lb", "Zeile gelies: 0 vun 1", "Zeile gelies: 1"),
    ],
)
def test_how_far_a_job_is_reads_right_of_one_line(language: str, known: str, unknown: str) -> None:
    with translation.override(language):
        assert words_for(BackgroundJob(kind=JobKind.LOOK, state="running", done=0, total=1)) == known
        assert words_for(BackgroundJob(kind=JobKind.LOOK, state="running", done=1, total=0)) == unknown


def test_one_day_without_a_visit_is_one_in_the_note_of_what_expired() -> None:
    note = "Points expired after 1 days of inactivity"  # as the ledger has kept it since 1.0.0
    assert notes.in_words(note) == "Points expired after 1 day of inactivity"
    with translation.override("fr"):
        assert notes.in_words(note) == "Points expirés après 1 jour sans activité"
