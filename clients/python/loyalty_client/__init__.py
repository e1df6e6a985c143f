"""A client of the loyalty API, with nothing but Python's own library.

client = Client("https://cards.example.com", "key_...")
card = client.find_card("mirabel-gare", q="anna@example.com")
client.record_purchase("mirabel-gare", card["id"], {"purchase_amount_cents": 1250})
"""

from loyalty_client import models, problems
from loyalty_client.client import Client
from loyalty_client.errors import LoyaltyError, Problem, UnknownProblem, Unreachable
from loyalty_client.webhooks import NotGenuine, verify

__all__ = [
    "Client",
    "LoyaltyError",
    "NotGenuine",
    "Problem",
    "UnknownProblem",
    "Unreachable",
    "models",
    "problems",
    "verify",
]
