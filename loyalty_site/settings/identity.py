"""A platform's own identity provider (OpenID Connect), by four variables of the environment or none of them."""

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from loyalty_site.settings.accounts import ACCOUNT_REAUTHENTICATION_TIMEOUT

ID = "oidc"  # stands in the address to which the provider sends people back
NAMES = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def provider(env: environ.Env) -> dict[str, Any]:
    """What django-allauth is told of it (SOCIALACCOUNT_PROVIDERS); raises ImproperlyConfigured if it is half set."""
    given = {name: env.str(name, default="").strip() for name in NAMES}
    if not any(given.values()):
        return {}
    if missing := [name for name, value in given.items() if not value]:
        raise ImproperlyConfigured(f"{', '.join(missing)}: set all of {', '.join(NAMES)}, or none.")
    issuer = urlsplit(given["OIDC_ISSUER"])
    if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in LOOPBACK):
        raise ImproperlyConfigured("OIDC_ISSUER: must be an address with https://.")
    app = {
        "provider_id": ID,
        "name": given["OIDC_NAME"],
        "client_id": given["OIDC_CLIENT_ID"],
        "secret": given["OIDC_CLIENT_SECRET"],
        "settings": {
            "server_url": given["OIDC_ISSUER"].rstrip("/"),
            "oauth_pkce_enabled": True,
            # It asks for the sign-in there each time, and is to say when that was (auth_time): the address can be
            # changed by whoever sits there, and then "sign in once more" would be one click.
            "auth_params": {"prompt": "login", "max_age": ACCOUNT_REAUTHENTICATION_TIMEOUT},
        },
    }
    return {"openid_connect": {"APPS": [app]}}
