"""A real mail server for the tests: it takes, refuses, hangs or drops, and keeps what it took."""

import asyncio
import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from loyalty_site.servers.supervise import free_port


class PostOffice:
    """What the server answers: `recipient` and `data` are SMTP answers, or "hang", or "drop".

    `seconds`: how long it takes over each e-mail.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.recipient = "250 OK"
        self.data = "250 OK"
        self.seconds = 0.0
        self.letters: list[EmailMessage] = []
        self.offered: list[EmailMessage] = []
        self.is_receiving = threading.Event()
        self.visits = 0
        self.callers: list[SMTP] = []

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.visits += 1
        self.callers.append(server)
        return responses

    def hang_up(self) -> None:
        """End the connections that are open, as a server does that has heard nothing for a while."""
        for server in self.callers:
            server.loop.call_soon_threadsafe(server.transport.abort)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(to)
        return await self._answer(server, self.recipient)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        letter = email.message_from_bytes(envelope.content or b"", policy=default)
        self.offered.append(letter)
        self.is_receiving.set()
        if self.seconds:
            await asyncio.sleep(self.seconds)
        answer = await self._answer(server, self.data)
        if answer.startswith("250"):
            self.letters.append(letter)
        return answer

    async def _answer(self, server: SMTP, answer: str) -> str:
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            server.transport.abort()
        return answer


@contextmanager
def open_post_office(port: int | None = None) -> Iterator[PostOffice]:
    """Run a mail server on a port of its own, or on a given one."""
    office = PostOffice(port or free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port, enable_SMTPUTF8=False)
    controller.start()
    try:
        yield office
    finally:
        controller.stop(no_assert=True)
