"""PassFacts: everything that a pass shows, read from the database once and turned into payloads by pure code.

*Program facts* are the same for all cards of a program (read once for a batch), *pass facts* are one card's.
Points and stamps are whole numbers, times are aware, texts come in all languages.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime

from wallet.text import Text


@dataclass(frozen=True)
class Look:
    """What the pictures are drawn from. Equal looks draw equal pictures.

    `stamp` is the icon of a stamp ("cup" or "star"); `logo` and `picture` name uploads in the default storage, or
    are empty; `version` changes when they may.
    """

    color: str
    secondary_color: str
    initial: str
    stamp: str = "star"
    logo: str = ""
    picture: str = ""
    version: str = ""

    @property
    def digest(self) -> str:
        """A short name for this look, for the addresses of its pictures."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Place:
    """A shop on the map; a pass surfaces near it. Degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Shop:
    """Where a card works, as its back says: `phone` in E.164, `hours` in lines; what is not known is empty."""

    name: str
    town: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""

    @property
    def in_town(self) -> str:
        """The name with the town, where that does not say so itself."""
        return f"{self.name}, {self.town}" if self.town and self.town not in self.name else self.name


@dataclass(frozen=True)
class Goal:
    """The next reward: its name, what it takes, and how much of that is there."""

    name: Text
    needed: int
    have: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.have)


@dataclass(frozen=True)
class ProgramFacts:
    """What all passes of a program have in common. `points_rewards` are (name, cost), cheapest first.

    `expiry` is all that moves the day on which points expire, besides the card; a change of it changes every pass.
    `promotion` is the name of the one that runs, and what it says.
    """

    program_id: int
    merchant_id: int
    merchant_name: str
    card_name: Text
    has_stamps: bool
    has_points: bool
    stamps_target: int
    stamps_reward: Text
    points_rewards: tuple[tuple[Text, int], ...]
    expiry: tuple[object, ...]
    terms: Text
    privacy_url: str
    shops: tuple[Shop, ...]
    places: tuple[Place, ...]
    join_url: str
    look: Look
    promotion: tuple[Text, Text] | None = None

    @property
    def digest(self) -> str:
        """A fingerprint of all that a pass shows of its program."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


@dataclass(frozen=True)
class PassFacts:
    """One card, as its pass shows it.

    `is_void`: no longer valid. `is_retired`: it has lost its card besides (replaced, or the person erased), and
    tells nothing about it any more: whoever still holds the pass must not learn the new codes. `news` is the sentence
    about what happened last; a sample has none.
    """

    program: ProgramFacts
    card_number: str
    code: str
    page_url: str
    member: str
    stamps: int
    points: int
    stamps_goal: Goal | None
    points_goal: Goal | None
    points_expire_at: datetime | None
    history: Text | None
    news: Text | None
    shops: tuple[Shop, ...]
    places: tuple[Place, ...]
    is_void: bool = False
    is_retired: bool = False


def next_points_goal(rewards: tuple[tuple[Text, int], ...], points: int) -> Goal | None:
    """The cheapest reward out of reach; the dearest where the points reach all; None without any."""
    if not rewards:
        return None
    name, cost = next((reward for reward in rewards if reward[1] > points), rewards[-1])
    return Goal(name=name, needed=cost, have=points)
