"""An app that shows codes, as a person has it on their phone."""

import re

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tenancy.models import User
from tests.accounts.authenticator import code_of


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app as somebody who is signed in; its secret, and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'factor-secret">([A-Z2-7]+)<', page.content.decode())[1]
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\d+)</code>", done.content.decode())
    cache.clear()  # the code of this half minute may be used again
    return secret, codes


def has_app(user: User) -> tuple[str, list[str]]:
    client = Client()
    client.force_login(user)
    return set_up(client)
