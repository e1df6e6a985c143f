"""The tenant's tables: merchants and stores, people and invitations, keys, tills; groundwork's, with whose a row is."""

from tenancy.models.account import EmailChange
from tenancy.models.api_key import ApiKey
from tenancy.models.former import FormerRow
from tenancy.models.history import HistoryEntry
from tenancy.models.idempotency import IdempotencyKey
from tenancy.models.invitation import Invitation, InvitedStore
from tenancy.models.job import BackgroundJob, FilePiece
from tenancy.models.merchant import Merchant, Store
from tenancy.models.outbox import OutboxMessage, SettledMessage
from tenancy.models.people import StoreUser, User
from tenancy.models.pulse import Pulse, Tally
from tenancy.models.question import ListColumns, SavedQuestion
from tenancy.models.till import Till
from tenancy.roles import Role, Scope

__all__ = [
    "ApiKey",
    "BackgroundJob",
    "EmailChange",
    "FilePiece",
    "FormerRow",
    "HistoryEntry",
    "IdempotencyKey",
    "Invitation",
    "InvitedStore",
    "ListColumns",
    "Merchant",
    "OutboxMessage",
    "Pulse",
    "Role",
    "SavedQuestion",
    "Scope",
    "SettledMessage",
    "Store",
    "StoreUser",
    "Tally",
    "Till",
    "User",
]
