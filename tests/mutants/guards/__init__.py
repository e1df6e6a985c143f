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
    inputs,
    limits,
    locks,
    queues,
    returns,
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
    "returns": returns.MUTANTS,
    "cards": cards.MUTANTS,
    "limits": limits.MUTANTS,
    "accounts": accounts.MUTANTS,
    "inputs": inputs.MUTANTS,
    "credentials": credentials.MUTANTS,
    "secrets": secrets.MUTANTS,
    "tills": tills.MUTANTS,
    "disclosure": disclosure.MUTANTS,
    "wallets": wallets.MUTANTS,
    "architecture": architecture.MUTANTS,
}
MUTANTS = [mutant for mutants in GUARDS.values() for mutant in mutants]
