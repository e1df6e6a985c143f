"""Guards of what an operator is told: one clock acts, and what is counted is what happened."""

from tests.mutants.mutant import mutant

TALLIES = "groundwork/tallies.py"
COUNTED = "tests/groundwork/test_tallies.py"

MUTANTS = [
    mutant(
        "two-clocks-that-act",
        "loyalty_site/beat.py",
        "if not pulses.holds(PULSE, self.holder):",
        "if pulses.holds(PULSE, self.holder) is None:",
        "tests/loyalty_site/test_pulses.py::"
        "test_of_two_clocks_one_acts_and_the_other_follows_when_that_is_no_longer_heard_of",
    ),
    mutant(
        "doctor-that-asks-a-database-that-is-away",
        "loyalty_site/management/commands/doctor.py",
        'if state["database"] == "ok":',
        "if True:",
        "tests/loyalty_site/test_watching.py::"
        "test_without_the_database_doctor_says_so_and_still_tries_the_mail",
    ),
    mutant(
        "tally-of-what-was-rolled-back",
        TALLIES,
        "transaction.on_commit(partial(_counted.add, {(name, outcome): times}), robust=True)",
        "_counted.add({(name, outcome): times})",
        f"{COUNTED}::test_only_what_was_committed_counts",
    ),
    mutant(
        "tally-lost-with-a-failed-writing",
        TALLIES,
        "        _counted.add(mine)\n",
        "",
        f"{COUNTED}::test_what_could_not_be_written_is_written_later",
    ),
    mutant(
        "tally-written-with-each-request",
        TALLIES,
        "if not self.waiting or monotonic() - self.written_at < REST:",
        "if not self.waiting:",
        f"{COUNTED}::test_a_process_writes_once_in_ten_seconds_and_then_all_of_it",
    ),
    mutant(
        "tally-that-puts-the-others-away",
        TALLIES,
        "times = kept.times + excluded.times",
        "times = excluded.times",
        f"{COUNTED}::test_what_two_processes_counted_is_told_together",
    ),
]
