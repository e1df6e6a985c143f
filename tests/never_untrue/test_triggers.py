"""The triggers that hold all of it are there, and come back."""

import pytest
from django.apps import apps
from django.core.management import call_command

from groundwork.database.triggers import rules_of
from tests.raw_sql import (
    drop_trigger,
    triggers,
)

pytestmark = pytest.mark.django_db


def test_every_trigger_is_there() -> None:
    declared = {rule.name for app in apps.get_app_configs() for rule in rules_of(app)}
    assert declared <= triggers()
    assert {"ledger_is_append_only", "ledger_is_never_removed", "ledger_is_a_chain"} <= declared


def test_triggers_that_a_migration_lost_are_back_after_it() -> None:
    before = triggers()
    for app in apps.get_app_configs():
        for rule in rules_of(app):
            drop_trigger(rule.name, rule.table)
    assert triggers() < before
    call_command("migrate", verbosity=0)
    assert triggers() == before
