"""The console's pages of the floor: merchants, stores, people, API keys, background jobs and the outbox."""

from tenancy.console import api_key, history, job, merchant, outbox, people  # noqa: F401 - registers them
