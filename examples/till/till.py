"""A small till for the terminal: it quotes, sells and takes back, with the network or without.

    python till.py --url http://127.0.0.1:8000 --key KEY --store mirabel-gare

What it sells stands in its journal before it is sent. Where nothing is heard it stays there, with its key, and is sent
again before the next sale, or by `send`.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from journal import Entry, Journal
from receiver import listen

from loyalty_client import Client, Problem, Unreachable, problems
from loyalty_client.models import ReturnRequest

HELP = """  card WHO                a card: its number, an e-mail address, a phone number
  quote AMOUNT            what a purchase would give
  sell AMOUNT RECEIPT     book a purchase for the card
  return RECEIPT [AMOUNT] something is brought back
  send                    send what is waiting
  waiting                 what is waiting, and what was refused
  events                  what the shop was told
  quit"""
NO_KEY = (problems.NotAuthenticated, problems.ScopeMissing)


def cents(text: str) -> int:
    """ "12.50" -> 1250. Raises ValueError."""
    try:
        amount = Decimal(text.replace(",", "."))
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
            raise ValueError("An amount looks like 12.50.")
    except InvalidOperation as error:
        raise ValueError("An amount looks like 12.50.") from error
    return int(amount.scaleb(2))


def is_passing(refusal: Problem) -> bool:
    """Whether a refusal is about the moment or about this till's key: the call itself stays in the journal."""
    return refusal.status == 429 or refusal.status >= 500 or isinstance(refusal, NO_KEY)


def show(text: str) -> None:
    """A line on the till's screen, at once."""
    print(text, flush=True)


class Till:
    """One counter: the card that lies on it, and a journal of what it sold."""

    def __init__(
        self, client: Client, store: str, journal: Journal, say: Callable[[str], None] = show
    ) -> None:
        self.client, self.store, self.journal, self.say = client, store, journal, say
        self.who = ""
        self.is_offline = False

    # --- Asking ---

    def card(self, who: str) -> None:
        """Put a card on the counter. Without a network it is believed, and looked for when it is sent."""
        self.who = who
        card = self.client.find_card(self.store, q=who)
        self.say(f"{card['customer']['name']}: {card['stamp_count']} stamps, {card['points_balance']} points")

    def quote(self, amount: str) -> None:
        """Say what a purchase would give; nothing is written."""
        card = self.client.find_card(self.store, q=self._on_the_counter())
        quote = self.client.quote_purchase(self.store, card["id"], {"purchase_amount_cents": cents(amount)})
        self.say(f"would give {quote['stamps']} stamps, {quote['points']} points")

    # --- Selling, and taking back ---

    def sell(self, amount: str, receipt: str) -> None:
        """Book a purchase for the card on the counter."""
        body = {"purchase_amount_cents": cents(amount), "order_reference": receipt}
        if self.is_offline:  # booked for when it happened; with the network, the site's own clock counts
            body["occurred_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        self.journal.note("sale", self._on_the_counter(), body)
        self.send()

    def take_back(self, receipt: str, amount: str = "") -> None:
        """Take back a purchase, or some of it."""
        body: dict[str, Any] = {"reason": "Brought back"}
        self.journal.note("return", receipt, body | ({"amount_cents": cents(amount)} if amount else {}))
        self.send()

    def send(self) -> None:
        """Send what is waiting, oldest first, until nothing is heard."""
        for entry in self.journal.entries("waiting"):
            try:
                said = self._sent(entry)
            except Unreachable:
                self.is_offline = True
                self.say(f"no network: {len(self.journal.entries('waiting'))} waiting")
                return
            except Problem as refusal:
                self.say(f"refused ({refusal.code}): {refusal.detail}")
                if is_passing(refusal):
                    return
                self.journal.settle(entry.key, "refused", refusal.code)
            else:
                self.journal.settle(entry.key, "done", said)
                self.say(said)
            self.is_offline = False

    def _sent(self, entry: Entry) -> str:
        """Send one call under its key, and say what it gave."""
        body: Any = entry.body
        if entry.kind == "sale":
            card = self.client.find_card(self.store, q=entry.about)
            sold = self.client.record_purchase(self.store, card["id"], body, idempotency_key=entry.key)
            card = sold["card"]
            name = body["order_reference"]
            return f"{name} booked: {card['stamp_count']} stamps, {card['points_balance']} points"
        return self._returned(entry, body)

    def _returned(self, entry: Entry, body: ReturnRequest) -> str:
        found = self.client.purchases(self.store, order_reference=entry.about)["results"]
        if not found:
            raise problems.PurchaseNotFound({"detail": "There is no such receipt."})
        back = self.client.return_purchase(self.store, found[0]["id"], body, idempotency_key=entry.key)
        card = back["card"]
        return f"{entry.about} taken back: {card['stamp_count']} stamps, {card['points_balance']} points"

    def _on_the_counter(self) -> str:
        if not self.who:
            raise ValueError("Which card? Type: card WHO")
        return self.who

    # --- Looking ---

    def waiting(self) -> None:
        """Say what was not booked yet."""
        for state in ("waiting", "refused"):
            for entry in self.journal.entries(state):
                self.say(
                    f"{state}: {entry.kind} {entry.body.get('order_reference', entry.about)} {entry.said}".rstrip()
                )

    def events(self) -> None:
        """Say which events were heard."""
        for _event_id, kind in self.journal.heard():
            self.say(kind)

    def do(self, line: str) -> bool:
        """Do what was typed; False at the end."""
        verb, *words = line.split()
        commands: dict[str, Callable[..., None]] = {
            "card": lambda *who: self.card(" ".join(who)),
            "quote": self.quote,
            "sell": self.sell,
            "return": self.take_back,
            "send": self.send,
            "waiting": self.waiting,
            "events": self.events,
        }
        if verb == "quit":
            return False
        try:
            commands[verb](*words)
        except (KeyError, TypeError):
            self.say(HELP)
        except ValueError as error:
            self.say(str(error))
        except Unreachable:
            self.is_offline = True
            self.say("no network")
        except Problem as refusal:
            self.say(f"refused ({refusal.code}): {refusal.detail}")
        return True


def run(till: Till, lines: Iterable[str]) -> None:
    """Do line after line."""
    till.send()
    for line in lines:
        if line.strip() and not till.do(line):
            return


def main() -> None:
    parser = argparse.ArgumentParser(description="A small till.", epilog=HELP)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True, help="an API key that may read, earn and void")
    parser.add_argument("--store", required=True, help="the store's code")
    parser.add_argument("--journal", default="till.db")
    parser.add_argument("--hooks", type=int, help="a port to hear webhooks on")
    parser.add_argument("--secret", action="append", default=[], help="the secret of the webhooks")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds to wait for an answer")
    given = parser.parse_args()
    journal = Journal(given.journal)
    if given.hooks is not None:
        listen(given.hooks, given.secret, journal)
    client = Client(given.url, given.key, timeout=given.timeout, attempts=2, patience=2.0)
    run(Till(client, given.store, journal), sys.stdin)


if __name__ == "__main__":
    main()
