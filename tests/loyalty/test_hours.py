"""When a store is open: read as its people write it, or learned from how it works."""

import pytest

from loyalty import hours

WEEKDAYS = {day: [(420, 1110)] for day in range(5)} | {5: [], 6: []}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Mo–Fr 7:00–18:30"),
        ("en", "Monday - Friday: 7.00 - 18.30\nSat, Sun: closed"),
        ("fr", "Lun-Ven 7h-18h30\nSam-Dim fermé"),
        ("de", "Mo-Fr 7:00-18:30 Uhr\nSa, So geschlossen"),
        ("de", "Mo, Di, Mi, Do, Fr 7-18.30 Uhr"),
        ("lb", "Méindeg - Freideg 7:00-18:30\nSamschdeg zou"),
        ("en", "Montag–Freitag 07:00–18:30"),
    ],
)
def test_hours_are_read_as_people_write_them(language: str, text: str) -> None:
    assert hours.read(text, language) == WEEKDAYS


def test_a_break_at_noon_and_a_bar_that_closes_after_midnight() -> None:
    assert hours.read("Mo 8:00-12:00, 13:00-17:00", "de") == {0: [(480, 720), (780, 1020)]} | {
        day: [] for day in range(1, 7)
    }
    assert hours.read("Daily 18:00-02:00", "en") == {day: [(1080, 1440), (0, 120)] for day in range(7)}


def test_the_stores_own_language_is_tried_first() -> None:
    french, german = hours.read("di 9:00-12:00", "fr"), hours.read("di 9:00-12:00", "de")
    assert french is not None
    assert german is not None
    assert [day for day, spans in french.items() if spans] == [6]
    assert [day for day, spans in german.items() if spans] == [1]


@pytest.mark.parametrize(
    "text",
    ["", "By appointment", "Mo-Fr 7:00-18:30\nask us about Saturdays", "7 days a week", "Sa, So closed"],
)
def test_what_says_something_else_is_no_hours(text: str) -> None:
    assert hours.read(text, "en") is None


def test_the_usual_hours_are_those_with_entries_on_one_of_four_days() -> None:
    active = dict.fromkeys(range(6), 8)
    by_hour = {(day, hour): 6 for day in range(6) for hour in range(8, 18)} | {(2, 23): 3}
    assert hours.usual(active, by_hour) == {day: [(480, 1080)] for day in range(6)} | {6: []}
    assert hours.usual({0: 8, 1: 5}, by_hour) is None


def test_there_is_some_slack_around_them() -> None:
    assert hours.with_slack({0: [(480, 1430)]}) == {0: [(435, 1440)]}
