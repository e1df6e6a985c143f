"""What people do with their accounts, and the post that they get."""

import re
from email.message import EmailMessage

from django.http import HttpResponse
from django.test import Client

from groundwork.messaging import outbox
from notifications.services import accounts as letters
from tenancy.models import HistoryEntry
from tests import factories
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import part

ADDRESS = "nora@example.com"
NEW = "a-quite-new-secret"


def sign_in(client: Client, password: str = factories.PASSWORD, email: str = ADDRESS, page: str = "/login/"):
    return client.post(page, {"username": email, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def post(office: PostOffice) -> list[EmailMessage]:
    """What arrives: the outbox is delivered, and all that waits goes out."""
    office.letters.clear()
    outbox.relay()
    letters.send_due()
    return office.letters


def link(letter: EmailMessage) -> str:
    found = re.search(r"https://cards\.example(/\S+)", part(letter, "plain"))
    assert found
    return found[1]


def history() -> list[str]:
    return [entry.message[0]["did"] for entry in HistoryEntry._base_manager.order_by("id")]


def ask_for(client: Client, email: str, password: str = factories.PASSWORD) -> HttpResponse:
    answer: HttpResponse = client.post("/account/email/", {"email": email, "password": password})
    return answer
