"""All mutants, by what they take out."""

from tests.mutants.guards import (
    accounts,
    architecture,
    balances,
    cards,
    console,
    constraints,
    credentials,
    disclosure,
    expiry,
    inputs,
    limits,
    locks,
    queues,
    roles,
    secrets,
    tills,
    triggers,
    wallets,
)

GUARDS = {
    "locks": locks.MUTANTS,
    "queues": queues.MUTANTS,
    "roles": roles.MUTANTS,
    "console": console.MUTANTS,
    "constraints": constraints.MUTANTS,
    "triggers": triggers.MUTANTS,
    "balances": balances.MUTANTS,
    "cards": cards.MUTANTS,
    "limits": limits.MUTANTS,
    "accounts": accounts.MUTANTS,
    "inputs": inputs.MUTANTS,
    "credentials": credentials.MUTANTS,
    "secrets": secrets.MUTANTS,
    "tills": tills.MUTANTS,
    "disclosure": disclosure.MUTANTS,
    "expiry": expiry.MUTANTS,
    "wallets": wallets.MUTANTS,
    "architecture": architecture.MUTANTS,
}
MUTANTS = [mutant for mutants in GUARDS.values() for mutant in mutants]
