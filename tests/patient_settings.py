"""As for trying things out, but the broker is waited for a minute: a till that waits for it at all is found out."""

from loyalty_site.settings.local import *  # noqa: F403
from loyalty_site.settings.local import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"socket_timeout": 60}
