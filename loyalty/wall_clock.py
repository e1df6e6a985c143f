"""When the clock on a store's wall shows a time: also on the days on which it is put forward, or back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def shows(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment (UTC) at which it does: two where an hour comes twice.

    A time that is left out counts as shown at the moment at which the clock is put beyond it.
    """
    first, last = (
        datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC) for fold in (0, 1)
    )
    if last >= first:
        return first, last
    while last.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, at):
        last += MINUTE
    return last, last
