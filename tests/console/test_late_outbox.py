"""When no worker runs, whoever runs the platform is told, and nobody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenancy.models import OutboxMessage, User
from tests import factories

pytestmark = pytest.mark.django_db


def alerts_of(person: User) -> str:
    client = Client()
    client.force_login(person, backend="tenancy.sign_in.EmailBackend")
    return str(client.get(reverse("admin:index")).context["alerts"])


def test_announcements_that_nobody_delivers_are_told_to_operators() -> None:
    shop, operator = factories.shop(), factories.operator()
    factories.card(shop.store)
    OutboxMessage.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=9, seconds=30))
    assert alerts_of(operator) == "[]"
    OutboxMessage.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=12, seconds=30))
    told = "Announcements have been waiting for 12 minutes. Is a worker running?"
    assert told in alerts_of(operator)
    assert told not in alerts_of(shop.owner)
