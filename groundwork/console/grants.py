"""Grants: which roles may do what with a kind of row. What a role is, the app above knows."""

from dataclasses import dataclass

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Grants:
    """Names of roles, by what they may do: `act` is calling a row's services, restoring goes with deleting."""

    view: frozenset[str] = NOBODY
    add: frozenset[str] = NOBODY
    change: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY
    act: frozenset[str] = NOBODY
