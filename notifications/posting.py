"""Handing an e-mail to the mail server, and what its refusals mean. No database here."""

import logging
import smtplib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from groundwork.queue.breaker import Breaker
from groundwork.queue.sending import Contact
from notifications.models import AccountEmail, EmailLog, Fault
from notifications.rendering import Letter
from tenancy.models import Merchant

logger = logging.getLogger(__name__)

MOST_MESSAGES = 100  # over one connection
FRESH = 1.0  # seconds for which a connection needs no asking whether it lives
# What says something about the server as a whole, and nothing about this e-mail.
_SERVER_TROUBLE = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)


@dataclass(frozen=True)
class Failure:
    """Why an e-mail did not go out. `permanent`: trying again is of no use; `about_address`: it does not work.

    `silent`: an answer was waited for in vain.
    """

    fault: Fault
    reason: str
    permanent: bool = False
    about_address: bool = False
    silent: bool = False

    @property
    def contact(self) -> Contact:
        """What it says about the party as a whole."""
        if self.silent:
            return Contact.SILENT
        return Contact.AWAY if self.fault == Fault.UNREACHABLE else Contact.ANSWERED


class Mailbox:
    """A connection to the mail server, opened when first needed and kept while it works."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self.posted = 0
        self.used_at = monotonic()

    def post(self, message: EmailMultiAlternatives) -> Failure | None:
        """Send a message; None if the server took it. EMAIL_TIMEOUT bounds each step (seconds)."""
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Failure(Fault.UNREACHABLE, _reason(error), silent=_is_silence(error))
        try:
            self._backend.send_messages([message])
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.close()
            return failure_of(error)
        self.posted, self.used_at = self.posted + 1, monotonic()
        return None

    def is_good(self) -> bool:
        """Whether it may be used again: servers end a connection after some messages, or some time of silence."""
        if self.posted >= MOST_MESSAGES:
            return False
        connection = getattr(self._backend, "connection", None)
        if connection is None or monotonic() - self.used_at < FRESH:
            return True
        try:
            return bool(connection.noop()[0] == 250)
        except (OSError, smtplib.SMTPException):
            return False

    def close(self) -> None:
        """End the connection; the next message opens another one."""
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend = get_connection()


class MailServer:
    """The mail server as this process knows it: the connections that are open, and whether it hangs."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self._free: list[Mailbox] = []

    def post(self, message: EmailMultiAlternatives) -> Failure | None:
        """Send a message over a connection that nobody uses just now, or over a new one. Raises nothing."""
        mailbox = self._borrow()
        try:
            return mailbox.post(message)
        except Exception as error:
            logger.exception("e-mail could not be handed over")
            mailbox.close()
            return Failure(Fault.ACCIDENT, f"{type(error).__name__}: {error}")
        finally:
            self._free.append(mailbox)

    def _borrow(self) -> Mailbox:
        while self._free:
            mailbox = self._free.pop()
            if mailbox.is_good():
                return mailbox
            mailbox.close()
        return Mailbox()


_servers: dict[tuple[Any, ...], MailServer] = {}


def mail_server() -> MailServer:
    """The mail server of the settings."""
    address = (settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT)
    return _servers.setdefault(address, MailServer())


def failure_of(error: Exception) -> Failure:
    """What an error while sending means. 4xx passes, 5xx stays (RFC 5321, 4.2.1); a lost connection passes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()), (550, b""))
        return _refusal(code, f"{code} {_decoded(reply)}", about_address=True)
    if isinstance(error, _SERVER_TROUBLE):
        return Failure(Fault.UNREACHABLE, _reason(error), silent=_is_silence(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(
            error.smtp_code, _reason(error), about_address=isinstance(error, smtplib.SMTPDataError)
        )
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(Fault.BAD_ADDRESS, _reason(error), permanent=True, about_address=True)
    return Failure(Fault.INTERRUPTED, _reason(error), silent=_is_silence(error))


def _is_silence(error: BaseException) -> bool:
    """Whether the server kept us waiting: smtplib wraps the socket's timeout into errors of its own."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _refusal(code: int, reason: str, *, about_address: bool) -> Failure:
    if code >= 500:
        return Failure(Fault.REFUSED, reason, permanent=True, about_address=about_address)
    return Failure(Fault.DEFERRED, reason)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"[:500]


def _decoded(reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    return " ".join(text.split())[:500]


def message_id(row: EmailLog | AccountEmail) -> str:
    """The Message-ID of a row, the same at every attempt: two copies of one e-mail can be recognised."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
    name = "account" if isinstance(row, AccountEmail) else "email"
    return f"<{name}-{row.pk}-{row.created_at:%Y%m%d%H%M%S}@{host}>"


def message(log: EmailLog, letter: Letter, merchant: Merchant) -> EmailMultiAlternatives:
    """The e-mail of a log row, from the merchant's name."""
    answers = [merchant.contact_email] if merchant.contact_email else None
    return _built(log, letter, to=log.to, sender=merchant.name, reply_to=answers)


def account_message(row: AccountEmail, letter: Letter, to: str) -> EmailMultiAlternatives:
    """An e-mail about an account, from the platform."""
    return _built(row, letter, to=to, sender=settings.SITE_NAME)


def _built(
    row: EmailLog | AccountEmail, letter: Letter, *, to: str, sender: str, reply_to: list[str] | None = None
) -> EmailMultiAlternatives:
    """Plain text with an HTML alternative."""
    built = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((" ".join(sender.split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[to],
        reply_to=reply_to,
        headers={
            "Message-ID": message_id(row),
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        },
    )
    built.attach_alternative(letter.html, "text/html")
    return built
