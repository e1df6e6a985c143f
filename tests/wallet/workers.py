"""The wallets' workers, all in one: what beat calls each minute, one after another."""

from wallet import tasks
from wallet.tasks import spread_designs

__all__ = ["spread_designs", "sweep_passes", "sync_passes"]


def sync_passes() -> int:
    """Bring passes up to date at Apple and Google; returns how many."""
    return tasks.sync_apple() + tasks.sync_google()


def sweep_passes() -> int:
    """A whole minute's round."""
    return tasks.sweep_passes() + sync_passes()
