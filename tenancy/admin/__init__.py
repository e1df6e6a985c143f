"""The console's pages of the floor: merchants, stores, people, API keys and the outbox."""

from tenancy.admin import api_key, merchant, outbox, people  # noqa: F401 - registers them
