"""Mail without a mail server: files that a mail program opens."""

import email
from email.policy import default
from pathlib import Path

from django.core.mail import EmailMultiAlternatives, get_connection
from pytest_django import Settings


def test_each_message_becomes_one_complete_file(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    connection = get_connection("loyalty_site.mail.EmlFileBackend")
    letters = []
    for name in ("Léa", "Tom"):
        letter = EmailMultiAlternatives(f"Moien {name}", "Är Kaart", to=[f"{name.lower()}@example.com"])
        letter.attach_alternative("<p>Är Kaart</p>", "text/html")
        letters.append(letter)

    connection.open()
    assert connection.send_messages(letters) == 2
    connection.close()

    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    messages = [email.message_from_bytes(path.read_bytes(), policy=default) for path in files]
    assert [message["Subject"] for message in messages] == ["Moien Léa", "Moien Tom"]
    body = messages[0].get_body(("plain",))
    assert body is not None
    assert body.get_content() == "Är Kaart"
