"""All mutants, by what they take out."""

from tests.mutants.guards import (
    architecture,
    console,
    constraints,
    limits,
    locks,
    queues,
    roles,
    secrets,
    tills,
    triggers,
    wallets,
)

MUTANTS = [
    *locks.MUTANTS,
    *queues.MUTANTS,
    *roles.MUTANTS,
    *console.MUTANTS,
    *constraints.MUTANTS,
    *triggers.MUTANTS,
    *limits.MUTANTS,
    *secrets.MUTANTS,
    *tills.MUTANTS,
    *wallets.MUTANTS,
    *architecture.MUTANTS,
]
