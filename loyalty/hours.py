"""When a store is open: as its opening hours say, or else as it usually works. Pure; times are minutes of the day.

read("Mo–Fr 7:00–18:30\nSa 8:00-12:00, 13:00-17:00", "en")  # 0 (Monday) to 6: [(420, 1110)], ...
"""

import re
from collections.abc import Mapping

DAY = 24 * 60
HOUR = 60
SLACK = 45  # minutes, for who comes early to bake, and counts the till afterwards
USUAL_SHARE = 4  # an hour is usual that has entries on one of so many days
ENOUGH_DAYS = 14  # on which something happened, before anything is usual
SAME_DAYS = 3  # Sundays on which nobody came, before Sundays are none of opening

Span = tuple[int, int]
Week = dict[int, list[Span]]  # by weekday, Monday is 0

TIMES = re.compile(
    r"(\d{1,2})(?:[:.hH](\d{2})?)?(?:\s?(?:Uhr|Auer|h))?\s?-\s?(\d{1,2})(?:[:.hH](\d{2})?)?", re.ASCII
)
DAY_NAME = re.compile(r"[^\W\d_]{2,12}")
BETWEEN_DAYS = re.compile(r"[,/&+]")
DASHES = re.compile(r"[\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{NON-BREAKING HYPHEN}]")
# By language, Monday first; any longer name that begins so is that day too.
NAMES = {
    "en": ("mo", "tu", "we", "th", "fr", "sa", "su"),
    "fr": ("lu", "ma", "me", "je", "ve", "sa", "di"),
    "de": ("mo", "di", "mi", "do", "fr", "sa", "so"),
    "lb": ("mé", "dë", "më", "do", "fr", "sa", "so"),
}
DAILY = ("daily", "every day", "tous les jours", "täglich", "all dag", "deeglech")
CLOSED = ("closed", "fermé", "geschlossen", "zu", "zou", "ruhetag", "roudag")


def read(text: str, language: str) -> Week | None:
    """The opening hours that people read; None where a line of them says something else.

    The store's own language is tried first: "di" is a Tuesday in German, and a Sunday in French.
    """
    others = [name for name in NAMES if name != language]
    for names in ([NAMES[language]] if language in NAMES else []) + [NAMES[name] for name in others]:
        week = _read(text, names)
        if week is not None:
            return week
    return None


def _read(text: str, names: tuple[str, ...]) -> Week | None:
    week: Week = {day: [] for day in range(7)}
    lines = [line.strip().lower() for line in DASHES.sub("-", text).splitlines() if line.strip()]
    for line in lines:
        first_time = TIMES.search(line)
        end = first_time.start() if first_time else len(line)
        days = _days(line[:end], names)
        spans = _spans(line[end:])
        if days is None or (not spans and not _is_closed(line)):
            return None
        for day in days:
            week[day] += spans
    return week if any(week.values()) else None


def _is_closed(line: str) -> bool:
    return line.endswith(CLOSED)


def _days(words: str, names: tuple[str, ...]) -> list[int] | None:
    for closed in CLOSED:
        words = words.removesuffix(closed)
    words = words.strip(" :")
    if not words or words in DAILY:
        return list(range(7))
    days: list[int] = []
    for part in BETWEEN_DAYS.split(words):
        said = DAY_NAME.findall(part)
        named = [day for day in (_day(name, names) for name in said) if day is not None]
        if len(named) != len(said) or len(named) not in (1, 2):
            return None
        first, last = named[0], named[-1]
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _day(name: str, names: tuple[str, ...]) -> int | None:
    return next((day for day, known in enumerate(names) if name.startswith(known)), None)


def _spans(words: str) -> list[Span]:
    found = []
    for first_hour, first_minute, last_hour, last_minute in TIMES.findall(words):
        first, last = (
            int(first_hour) * HOUR + int(first_minute or 0),
            int(last_hour) * HOUR + int(last_minute or 0),
        )
        if first < last <= DAY:
            found.append((first, last))
        elif last < first < DAY:  # past midnight: the hours after it are given to the same day
            found += [(first, DAY), (0, last)]
    return found


def usual(active: Mapping[int, int], by_hour: Mapping[tuple[int, int], int]) -> Week | None:
    """The hours at which a store usually works; None as long as that cannot be said.

    Args:
        active: on how many days something happened, by weekday.
        by_hour: on how many of them in an hour, by weekday and hour.
    """
    days = sum(active.values())
    if days < ENOUGH_DAYS:
        return None
    together = [sum(by_hour.get((day, hour), 0) for day in range(7)) for hour in range(24)]
    hours = [hour for hour, count in enumerate(together) if count * USUAL_SHARE >= days]
    if not hours:
        return None
    span = (min(hours) * HOUR, (max(hours) + 1) * HOUR)
    return {day: [span] if active.get(day, 0) >= SAME_DAYS else [] for day in range(7)}


def with_slack(week: Week, slack: int = SLACK) -> Week:
    """The same, a little earlier and later."""
    return {
        day: [(max(first - slack, 0), min(last + slack, DAY)) for first, last in spans]
        for day, spans in week.items()
    }
