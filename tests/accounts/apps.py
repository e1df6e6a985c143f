"""An app that shows codes, as a person has it on their phone."""

import hmac
import re
import struct
import time
from base64 import b32decode
from hashlib import sha1

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tenancy.models import User


def code_of(secret: str, at: float | None = None) -> str:
    """What an app shows (RFC 6238)."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(b32decode(secret), counter, sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


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
