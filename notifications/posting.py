"""Handing an e-mail to the mail server, and what its refusals mean. No database here."""

import smtplib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.models import AccountEmail, EmailLog, Fault
from notifications.rendering import Letter
from tenancy.models import Merchant

# What says something about the server as a whole, and nothing about this e-mail.
_SERVER_TROUBLE = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)


@dataclass(frozen=True)
class Failure:
    """Why an e-mail did not go out. `permanent`: trying again is of no use; `about_address`: it does not work."""

    fault: Fault
    reason: str
    permanent: bool = False
    about_address: bool = False


class Mailbox:
    """A connection to the mail server, opened when first needed, kept while it works, and closed at the end.

    `with Mailbox() as mailbox: failure = mailbox.post(message)`
    """

    def __init__(self) -> None:
        self._backend: Any = get_connection()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def post(self, message: EmailMultiAlternatives) -> Failure | None:
        """Send a message; None if the server took it. EMAIL_TIMEOUT bounds each step (seconds)."""
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            return Failure(Fault.UNREACHABLE, _reason(error))
        try:
            self._backend.send_messages([message])
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._close()
            return failure_of(error)
        return None

    def _close(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend = get_connection()


def failure_of(error: Exception) -> Failure:
    """What an error while sending means. 4xx passes, 5xx stays (RFC 5321, 4.2.1); a lost connection passes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()), (550, b""))
        return _refusal(code, f"{code} {_decoded(reply)}", about_address=True)
    if isinstance(error, _SERVER_TROUBLE):
        return Failure(Fault.UNREACHABLE, _reason(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(
            error.smtp_code, _reason(error), about_address=isinstance(error, smtplib.SMTPDataError)
        )
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(Fault.BAD_ADDRESS, _reason(error), permanent=True, about_address=True)
    return Failure(Fault.INTERRUPTED, _reason(error))


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
