"""Mail for trying things out: each message becomes a file that a mail program can open."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend as FileEmailBackend


class EmlFileBackend(FileEmailBackend):
    """Write every message to EMAIL_FILE_PATH as `<time>-<random>.eml`, complete from its first appearance."""

    def open(self) -> bool:
        """There is no connection, and no common file: each message is one of its own."""
        return False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            name = f"{datetime.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.eml"
            unfinished = Path(self.file_path) / f".{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(unfinished.with_name(name))
        return len(email_messages)
