"""Times and days as they stand in JSON."""

from datetime import UTC, datetime


def moment(at: datetime | None) -> str | None:
    """A time in UTC, ISO 8601: 2026-11-14T09:41:07.123456Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
