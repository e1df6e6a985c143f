"""The console's pages of the floor: merchants, stores, people, invitations, API keys, jobs and the outbox."""

from tenancy.console import (  # noqa: F401 - registers them
    api_key,
    history,
    invitation,
    job,
    merchant,
    outbox,
    people,
    question,
)
