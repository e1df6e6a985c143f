"""What can be wrong with a text, and with sending one."""

from django.utils.functional import Promise


class TextRefused(ValueError):
    """A merchant's text that cannot be used, with the line (from 1) where that shows, as far as known."""

    def __init__(self, message: str | Promise, *, line: int | None = None) -> None:
        self.message = message
        self.line = line
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class NothingToSay(Exception):
    """An e-mail that is no longer true, or has nobody to go to; `reason` is for the log, in English."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
