"""Problem: something about the set-up that somebody must see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """With level "error" the wallet is off; with "warning" it works, for now."""

    level: str
    text: str

    @property
    def is_error(self) -> bool:
        return self.level == "error"


def error(text: str) -> Problem:
    """Something with which no pass would be accepted."""
    return Problem("error", text)


def warning(text: str) -> Problem:
    """Something that works today."""
    return Problem("warning", text)
