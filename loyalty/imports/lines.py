"""A line of a file of customers."""

from dataclasses import dataclass
from datetime import date

from groundwork.web.attempts import digest
from loyalty import rules


@dataclass
class Line:
    """A person as the earlier system knew them: e-mail in lower case, phone as E.164, balances of 0 or more.

    What they owed there stands beside the balances; the *net*, balance less owed, is what is brought over.

    `code` is what stands on their earlier card, as `loyalty.codes` writes it; `points_fraction` are ten-thousandths of
    a point. `namesake` counts the people of this name before them in the file of whom nothing else is known.
    """

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    birth_date: date | None = None
    language: str = ""
    marketing_consent: bool = False
    tags: tuple[str, ...] = ()
    code: str = ""
    stamps: int = 0
    points: int = 0
    points_fraction: int = 0
    stamps_owed: int = 0
    points_owed: int = 0
    namesake: int = 0

    @property
    def known_by(self) -> str:
        """What a person is found by again: the address, else the phone, the code, or the name."""
        return self.email or self.phone or self.code or self.name_key

    @property
    def name_key(self) -> str:
        """What a line without address, phone and code is found by again: the name and birthday, not to be read."""
        if self.email or self.phone or self.code:
            return ""
        name = f"{self.first_name} {self.last_name}".casefold()
        return digest(f"{name} {self.birth_date or ''} {self.namesake}")

    @property
    def stamps_net(self) -> int:
        return self.stamps - self.stamps_owed

    @property
    def points_net(self) -> int:
        """In ten-thousandths of a point."""
        return (self.points - self.points_owed) * rules.POINT + self.points_fraction

    @property
    def has_balance(self) -> bool:
        return bool(self.stamps_net or self.points_net)
