"""All mutants, by what they take out."""

from tests.mutants.guards import locks, queues, roles

MUTANTS = [*locks.MUTANTS, *queues.MUTANTS, *roles.MUTANTS]
