"""The floor's tables: merchants and stores, people, keys, and the queues every app stands on."""

from tenancy.models.api_key import ApiKey
from tenancy.models.history import Deed, HistoryEntry
from tenancy.models.idempotency import IdempotencyKey
from tenancy.models.job import BackgroundJob, FilePiece, JobKind, JobState
from tenancy.models.merchant import Merchant, Store
from tenancy.models.outbox import OutboxMessage, OutboxState
from tenancy.models.people import Role, StoreUser, User

__all__ = [
    "ApiKey",
    "BackgroundJob",
    "Deed",
    "FilePiece",
    "HistoryEntry",
    "IdempotencyKey",
    "JobKind",
    "JobState",
    "Merchant",
    "OutboxMessage",
    "OutboxState",
    "Role",
    "Store",
    "StoreUser",
    "User",
]
