"""What is on its way out of the API, as each of its answers says: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

leaving = {"GET": Leaving(since=datetime(2027, 1, 1, tzinfo=UTC), until=..., instead="/docs/api/changelog/")}
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.http import http_date

NOTICE = timedelta(days=365)


@dataclass(frozen=True)
class Leaving:
    """A call that is answered until a moment (UTC), announced `since`; `instead` leads to what takes its place.

    Raises ValueError where that is less than twelve months: docs/api/versions.md promises them.
    """

    since: datetime
    until: datetime
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError(f"What leaves the API is announced {NOTICE.days} days before.")

    def headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.until.timestamp()),
            "Link": f'<{self.instead}>; rel="deprecation"',
        }
