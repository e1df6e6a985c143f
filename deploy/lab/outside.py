"""The world outside of the lab: a mail server and a merchant's own server, on two ports.

    python -m deploy.lab.outside MAIL HTTP FOLDER [ADDRESS]

What they take is a line each in FOLDER/letters.jsonl and FOLDER/hooks.jsonl. They listen on this machine alone, unless
ADDRESS says where. While FOLDER/mail-hangs is there, the mail
server takes letters in and never answers.
"""

import asyncio
import email
import json
import re
import sys
import time
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LINK = re.compile(r"https?://\S+")


class PostOffice:
    def __init__(self, folder: Path) -> None:
        self.letters, self.hangs = folder / "letters.jsonl", folder / "mail-hangs"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        while self.hangs.exists():
            await asyncio.sleep(0.2)
        letter = email.message_from_bytes(envelope.content or b"", policy=default)
        plain = letter.get_body(("plain",))
        links = LINK.findall(plain.get_content()) if plain else []
        note(
            self.letters, {"to": letter["To"], "id": letter["Message-ID"], "links": links, "at": time.time()}
        )
        return "250 OK"


class Merchant(BaseHTTPRequestHandler):
    """Takes every webhook."""

    hooks: Path

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        note(self.hooks, {"id": self.headers.get("webhook-id"), "length": len(body), "at": time.time()})
        self.send_response(204)
        self.end_headers()

    def log_message(self, *about: object) -> None:
        """Says nothing."""


def note(file: Path, what: dict[str, object]) -> None:
    with file.open("a") as lines:
        lines.write(json.dumps(what, default=str) + "\n")


def main(mail: str, http: str, place: str, address: str = "127.0.0.1") -> None:
    folder = Path(place)
    (folder / "mail-hangs").unlink(missing_ok=True)
    Controller(PostOffice(folder), hostname=address, port=int(mail), enable_SMTPUTF8=False).start()
    Merchant.hooks = folder / "hooks.jsonl"
    ThreadingHTTPServer((address, int(http)), Merchant).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
