"""Who knocks at the doors of the console, and which rows stand behind them.

The rows are those of one shop: *mine* at its first store, *elsewhere* at its second one, and *theirs* at a stranger's
shop. The owner owns both stores; the manager manages the first one, the colleague the second; *half* manages the first
one and owns the stranger's shop; the accountant is one at the first store, which counts for both.
"""

from dataclasses import dataclass, field
from time import monotonic

from django.conf import settings
from django.db import models
from django.test import Client

from tenancy.models import User
from tests.console.world import sign_in
from tests.factories import Shop

Rows = dict[str, models.Model]

LETTERS = {"O": "operator", "W": "owner", "M": "manager", "A": "accountant"}
VISITORS = (
    "operator",
    "owner",
    "manager",
    "accountant",
    "colleague",
    "half",
    "staff",
    "stranger",
    "anonymous",
)
# Of these a merchant has one, or they hang on what it has one of: no store's manager has them alone.
OF_THE_WHOLE_MERCHANT = frozenset(
    {
        "tenancy_merchant",
        "loyalty_loyaltyprogram",
        "loyalty_promotion",
        "loyalty_merchantloyaltysettings",
        "tenancy_outboxmessage",
        "wallet_passdesign",
        "webhooks_endpoint",
        "webhooks_delivery",
    }
)
# These belong to no merchant at all.
OF_THE_PLATFORM = frozenset(
    f"django_celery_beat_{kind}"
    for kind in ("periodictask", "crontabschedule", "intervalschedule", "clockedschedule", "solarschedule")
)
# Whoever asked for a job has it, and nobody else of the same shop.
PERSONAL = frozenset({"tenancy_backgroundjob", "tenancy_savedquestion"})
AGAIN_AFTER = 300  # seconds: what needs a sign-in of the last ten minutes finds one, on a slow machine too


@dataclass
class World:
    """Two shops, one row of every kind at each of three stores, and everybody who might come."""

    shop: Shop
    stranger: Shop
    people: dict[str, User]
    mine: Rows = field(default_factory=dict)
    elsewhere: Rows = field(default_factory=dict)
    theirs: Rows = field(default_factory=dict)
    # What some pages need beside a row of their kind, by "app_label_modelname_page".
    further: Rows = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    signed_in_at: float = 0

    def sign_in_everybody(self) -> None:
        """Sign everybody in once, for all tests that follow."""
        for who, person in self.people.items():
            client = Client()
            sign_in(client, person)
            self.cookies[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.signed_in_at = monotonic()

    def client(self, who: str) -> Client:
        """A browser in which somebody has signed in a moment ago; "anonymous" is nobody."""
        client = Client()
        if who in self.people and monotonic() - self.signed_in_at > AGAIN_AFTER:
            sign_in(client, self.people[who])
        elif who in self.people:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[who]
        return client


def is_let_in(who: str, letters: str, kind: str) -> bool:
    """Whether somebody may do to a row of *mine* what is for the roles of these letters."""
    if who == "colleague":
        return kind in OF_THE_WHOLE_MERCHANT and "M" in letters
    if who == "half":
        return "M" in letters
    return who in {LETTERS[letter] for letter in letters}


def is_shown(who: str, letters: str, kind: str, rows: str) -> bool:
    """Whether a list that is for these roles holds the row of *mine*, *elsewhere* or *theirs* for somebody."""
    if kind in PERSONAL:
        return {"mine": "owner", "elsewhere": "colleague", "theirs": "stranger"}[rows] == who
    reach = {
        "operator": {"mine", "elsewhere", "theirs"},
        "owner": {"mine", "elsewhere"},
        "accountant": {"mine", "elsewhere"},
        "manager": {"mine"},
        "colleague": {"mine"} if kind in OF_THE_WHOLE_MERCHANT else {"elsewhere"},
        "half": {"mine", "theirs"} if "M" in letters else {"theirs"},
        "stranger": {"theirs"},
    }
    return may_list(who, letters) and rows in reach[who]


def may_list(who: str, letters: str) -> bool:
    """Whether somebody may open a list that is for these roles."""
    role = {"colleague": "manager", "half": "owner", "stranger": "owner"}.get(who, who)
    return role in {LETTERS[letter] for letter in letters}
