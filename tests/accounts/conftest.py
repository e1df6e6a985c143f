"""A mail server to write to."""

from tests.notifications.conftest import post_office

__all__ = ["post_office"]
