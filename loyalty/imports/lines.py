"""A line of a file of customers."""

from dataclasses import dataclass
from datetime import date


@dataclass
class Line:
    """A person as the earlier system knew them: e-mail in lower case, phone as E.164, balances of 0 or more.

    `code` is what stands on their earlier card, as `loyalty.codes` writes it.
    """

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    birth_date: date | None = None
    language: str = ""
    marketing_consent: bool = False
    code: str = ""
    stamps: int = 0
    points: int = 0

    @property
    def known_by(self) -> str:
        """What a person is found by again: the address, else the phone."""
        return self.email or self.phone
