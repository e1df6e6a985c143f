"""Values as they stand in JSON: texts of one form each, and only the functions here make them."""

from datetime import UTC, date, datetime
from typing import NewType, overload

Moment = NewType("Moment", str)
Day = NewType("Day", str)
Address = NewType("Address", str)


@overload
def moment(at: datetime) -> Moment: ...
@overload
def moment(at: datetime | None) -> Moment | None: ...
def moment(at: datetime | None) -> Moment | None:
    """A time in UTC, ISO 8601: 2026-11-14T09:41:07.123456Z."""
    return Moment(at.astimezone(UTC).isoformat().replace("+00:00", "Z")) if at else None


@overload
def day(on: date) -> Day: ...
@overload
def day(on: date | None) -> Day | None: ...
def day(on: date | None) -> Day | None:
    """A day, ISO 8601: 2026-11-14."""
    return Day(on.isoformat()) if on else None
