"""The list of mutants keeps up with the code, and the runner tells the killed from those that survive.

The mutants themselves are not tried here: that is `make mutants`.
"""

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.mutants import mutant as made
from tests.mutants import warm
from tests.mutants.guards import MUTANTS
from tests.mutants.guards.constraints import CHECKS, OF_FURTHER_ROWS
from tests.mutants.mutant import Mutant, NoLongerApplies, Patch
from tests.mutants.run import Verdict, Worker, judge_all, not_green
from tests.refused.changes import CHANGES
from tests.refused.further_rows import FURTHER_ROWS
from tests.sources import ROOT

# --- The list ---------------------------------------------------------------------------------------------


def test_what_the_mutants_take_out_is_still_there() -> None:
    for patch in (patch for each in MUTANTS for patch in each.patches):
        text = patch.patched(ROOT)  # raises with the file and the snippet
        assert text != (ROOT / patch.file).read_text()
        if patch.file.endswith(".py"):
            compile(text, patch.file, "exec")


def test_the_tests_that_are_to_turn_red_are_still_there() -> None:
    assert {each.name: missing for each in MUTANTS if (missing := made.tests_missing(each, ROOT))} == {}
    assert [each.name for each in MUTANTS if not each.tests] == []


def test_a_constraint_that_is_to_be_dropped_is_still_there() -> None:
    there = {
        f"{model._meta.db_table}.{constraint.name}"
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
    named = {each.constraint for each in MUTANTS if each.constraint}
    # What is unique by its field alone has a name that PostgreSQL gives.
    assert named - there == {"loyalty_loyaltytransaction.loyalty_loyaltytransaction_voids_id_key"}


def test_every_constraint_of_the_house_has_its_mutant() -> None:
    named = {each.constraint.partition(".")[2] for each in MUTANTS}
    behind_another = {"job_state_is_known"}
    assert constraints_of_the_house() - named == behind_another


def test_each_dropped_constraint_is_tried_by_the_test_that_has_its_row() -> None:
    for lists, rows in ((CHECKS, CHANGES), (OF_FURTHER_ROWS, FURTHER_ROWS)):
        assert [name for names in lists.values() for name in names if name not in rows] == []


def constraints_of_the_house() -> set[str]:
    own = [model for model in apps.get_models() if (ROOT / model._meta.app_label).is_dir()]
    kinds = models.CheckConstraint | models.UniqueConstraint
    return {each.name for model in own for each in model._meta.constraints if isinstance(each, kinds)}


def test_the_libraries_that_are_read_before_the_fork_are_there() -> None:
    """The server that forks passes over what it cannot import, without a word."""
    assert [name for name in warm.LIBRARIES if find_spec(name) is None] == []


def test_no_two_mutants_have_one_name() -> None:
    assert [name for name, count in Counter(each.name for each in MUTANTS).items() if count > 1] == []


# --- The runner -------------------------------------------------------------------------------------------

SHOP = """def may_stamp(stamps):
    return stamps < 10
"""
TESTS = """import pytest
from shop import may_stamp


def test_the_tenth_stamp_is_given():
    assert may_stamp(9)


@pytest.mark.parametrize("stamps", [10, 11])
def test_an_eleventh_is_refused(stamps):
    assert not may_stamp(stamps)
"""
REFUSED = "test_shop.py::test_an_eleventh_is_refused"


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = -p no:django\n")
    return Worker(0, tmp_path)


def without_limit(new: str = "True", *tests: str, old: str = "stamps < 10") -> Mutant:
    return made.mutant("no-limit", "shop.py", old, new, *(tests or (REFUSED,)))


def judged(worker: Worker, mutant: Mutant) -> Verdict:
    (verdict,) = judge_all([mutant], [worker])
    assert (worker.copy / "shop.py").read_text() == SHOP
    return verdict


def test_a_mutant_whose_tests_turn_red_is_killed(worker: Worker) -> None:
    verdict = judged(worker, without_limit())
    assert (verdict.is_killed, verdict.word) == (True, "killed")
    assert judged(worker, without_limit("True", f"{REFUSED}[11]")).is_killed


def test_a_mutant_of_which_one_test_stays_green_survives(worker: Worker) -> None:
    verdict = judged(worker, without_limit("True", REFUSED, "test_shop.py::test_the_tenth_stamp_is_given"))
    assert (verdict.is_killed, verdict.word) == (False, "SURVIVED")
    assert verdict.why == "not red: test_shop.py::test_the_tenth_stamp_is_given"
    assert judged(worker, without_limit("10 > stamps")).word == "SURVIVED"


def test_a_mutant_that_no_longer_applies_is_said_to_be_one(worker: Worker) -> None:
    assert judged(worker, without_limit(old="stamps < 12")).word == "NO LONGER APPLIES"
    assert judged(worker, without_limit(old="stamps")).word == "NO LONGER APPLIES"  # it stands there twice
    with pytest.raises(NoLongerApplies, match="has 0 times"):
        Patch("gone.py", "a", "b").patched(worker.copy)


def test_a_mutant_of_two_patches_of_one_file_has_both_of_them(worker: Worker) -> None:
    both = Mutant(
        "both",
        (REFUSED,),
        (Patch("shop.py", "stamps < 10", "True"), Patch("shop.py", "return", "return 1 and")),
    )
    with both.applied(worker.copy) as before:
        assert (worker.copy / "shop.py").read_text().endswith("    return 1 and True\n")
        assert before == {"shop.py": SHOP}
    assert (worker.copy / "shop.py").read_text() == SHOP


def test_what_cannot_run_proves_nothing(worker: Worker) -> None:
    for broken in ("limit < 10", "(", ""):
        assert judged(worker, without_limit(broken)).word in ("COULD NOT BE TRIED", "SURVIVED")
    gone = judged(worker, without_limit("True", "test_shop.py::test_that_is_gone"))
    assert gone.word == "COULD NOT BE TRIED"


def test_a_mutant_whose_test_is_skipped_has_not_been_tried_and_why_is_said(worker: Worker) -> None:
    skipping = '@pytest.mark.skip("NO TILL HERE")\n@pytest.mark.parametrize'
    (worker.copy / "test_shop.py").write_text(TESTS.replace("@pytest.mark.parametrize", skipping))
    verdict = judged(worker, without_limit())
    assert (verdict.is_killed, verdict.word) == (False, "COULD NOT BE TRIED")
    assert verdict.why.endswith("NO TILL HERE")


def test_tests_that_are_red_with_every_guard_in_its_place_are_named(worker: Worker) -> None:
    assert not_green([without_limit()], [worker]) == {}
    (worker.copy / "shop.py").write_text(SHOP.replace("10", "12"))
    ((file, output),) = not_green([without_limit()], [worker]).items()
    assert file == "test_shop.py"
    assert f"FAILED {REFUSED}[10]" in output


def test_tests_run_with_their_own_settings_and_not_with_those_of_who_started_them(worker: Worker) -> None:
    seen = """import os


def test_nobody_has_named_settings():
    assert os.environ.get("DJANGO_SETTINGS_MODULE") is None
"""
    (worker.copy / "test_settings.py").write_text(seen)
    assert (
        not_green([without_limit("True", "test_settings.py::test_nobody_has_named_settings")], [worker]) == {}
    )


def test_a_test_that_was_renamed_is_missed(worker: Worker) -> None:
    assert made.tests_missing(without_limit("True", REFUSED, f"{REFUSED}[10]"), worker.copy) == []
    assert made.tests_missing(without_limit("True", "test_shop.py::test_gone"), worker.copy) == [
        "test_shop.py::test_gone"
    ]
    assert made.tests_missing(without_limit("True", "gone.py::test_gone"), worker.copy) == [
        "gone.py::test_gone"
    ]
