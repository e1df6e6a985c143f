"""Without any mail server: a newcomer sees as a file and in the console what would have gone out."""

import email
from email.policy import default
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groundwork.messaging import outbox
from loyalty.services.enrollment import enroll
from notifications.models import EmailLog
from notifications.services import delivery
from tenancy.actor import Actor
from tests import factories
from tests.notifications.conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "loyalty_site.mail.EmlFileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def test_whoever_enrols_gets_an_email_that_can_be_read_as_a_file_and_in_the_console(
    shop: Shop, folder: Path
) -> None:
    person = {"email": "claudine@example.com", "name": "Claudine Feltes", "language": "lb"}
    enroll(store=shop.store, create_if_missing=True, self_service=True, actor=Actor.system(), **person)
    outbox.relay()
    assert delivery.sweep() == 1

    (file,) = folder.iterdir()
    letter = email.message_from_bytes(file.read_bytes(), policy=default)
    assert (file.suffix, letter["To"]) == (".eml", "claudine@example.com")
    assert letter["Subject"] == "Café Mirabel: Är Kaart"
    assert letter.get_body(("plain",)).get_content().startswith("Moien Claudine,")
    assert "Moien Claudine," in letter.get_body(("html",)).get_content()

    log = EmailLog.objects.get()
    manager = Client()
    manager.force_login(factories.member(shop.store, role="manager"), backend="tenancy.sign_in.EmailBackend")
    page = manager.get(reverse("admin:notifications_emaillog_change", args=[log.pk])).content.decode()
    assert "Café Mirabel: Är Kaart" in page
    assert "Moien Claudine," in page
