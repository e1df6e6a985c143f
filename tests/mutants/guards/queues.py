"""Queues: the outbox, jobs, e-mails and passes; each row is taken by one worker, for as long as its lease."""

from tests.mutants.mutant import mutant

WORKERS = "tests/concurrency/test_workers_at_once.py"
ORDER = "tests/concurrency/test_order_of_locks.py"
PASSES = "tests/wallet/test_order_of_locks.py"
RACES = "tests/wallet/test_races.py"
OUTBOX = "tests/groundwork/test_outbox.py"
DELIVERY = "tests/notifications/test_delivery.py"
JOBS = "tests/console/test_background.py"

MUTANTS = [
    mutant(
        "relay-without-its-lock",
        "groundwork/messaging/outbox.py",
        "message = due.select_for_update(skip_locked=True).first()",
        "message = due.first()",
        f"{WORKERS}::test_while_one_worker_is_at_a_message_the_other_goes_on_with_the_next",
    ),
    mutant(
        "relay-that-waits",
        "groundwork/messaging/outbox.py",
        "select_for_update(skip_locked=True)",
        "select_for_update()",
        f"{WORKERS}::test_while_one_worker_is_at_a_message_the_other_goes_on_with_the_next",
    ),
    mutant(
        "relay-without-a-transaction",
        "groundwork/messaging/outbox.py",
        "@transaction.atomic\ndef _relay_one",
        "def _relay_one",
        f"{WORKERS}::test_what_another_worker_settled_since_the_look_is_not_delivered_again",
    ),
    mutant(
        "relay-in-one-transaction",
        "groundwork/messaging/outbox.py",
        "    return len(ids), sum(",
        "    with transaction.atomic():\n        return len(ids), sum(",
        f"{WORKERS}::test_a_message_is_settled_before_the_next_one_is_delivered",
        f"{PASSES}::test_a_look_spreads_while_a_relay_delivers_in_the_order_of_its_messages",
    ),
    mutant(
        "event-outside-of-a-transaction",
        "groundwork/messaging/outbox.py",
        "if not transaction.get_connection().in_atomic_block:",
        "if False:",
        f"{OUTBOX}::test_outside_of_a_transaction_nothing_can_be_announced",
    ),
    mutant(
        "handler-without-a-savepoint",
        "groundwork/messaging/outbox.py",
        "with transaction.atomic(), message.scope():",
        "with message.scope():",
        f"{OUTBOX}::test_a_listener_that_fails_leaves_nothing_behind_and_spoils_nothing_for_others",
    ),
    mutant(
        "handler-without-the-merchants-scope",
        "groundwork/messaging/outbox.py",
        "with transaction.atomic(), message.scope():",
        "with transaction.atomic():",
        f"{OUTBOX}::test_the_relay_delivers_once_in_the_merchants_scope",
    ),
    mutant(
        "message-that-never-rests",
        "groundwork/messaging/outbox.py",
        "if message.attempts >= MAXIMUM_ATTEMPTS:",
        "if False:",
        f"{OUTBOX}::test_what_never_works_rests_as_dead_until_somebody_tries_it_again",
    ),
    mutant(
        "pauses-that-grow-for-ever",
        "groundwork/messaging/outbox.py",
        "6 * 3600",
        "60 * 3600",
        f"{OUTBOX}::test_the_pauses_grow_to_six_hours_and_no_further",
    ),
    mutant(
        "dead-messages-out-of-order",
        "groundwork/messaging/outbox.py",
        "        locks.in_id_order(dead)\n",
        "",
        f"{ORDER}::test_dead_messages_are_put_back_while_somebody_holds_them",
    ),
    mutant(
        "emails-that-wait",
        "notifications/services/queue.py",
        'select_for_update(skip_locked=True, of=("self",)).first()',
        'select_for_update(of=("self",)).first()',
        f"{WORKERS}::test_while_one_worker_takes_an_email_the_other_takes_the_next",
    ),
    mutant(
        "email-without-a-lease",
        "notifications/services/queue.py",
        "next_attempt_at=Now() + LEASE",
        "next_attempt_at=Now()",
        f"{DELIVERY}::test_a_row_that_somebody_is_sending_is_left_alone_until_the_lease_runs_out",
    ),
    mutant(
        "email-leased-by-the-workers-clock",
        "notifications/services/queue.py",
        "next_attempt_at=Now() + LEASE",
        "next_attempt_at=now + LEASE",
        f"{DELIVERY}::test_the_lease_that_a_worker_with_a_wrong_clock_gives_is_as_long_as_any",
    ),
    mutant(
        "email-settled-by-whoever-comes",
        "notifications/services/queue.py",
        "pk=log.pk, status=Status.SENDING, attempts=log.attempts",
        "pk=log.pk",
        f"{DELIVERY}::test_a_worker_that_comes_back_after_its_lease_changes_nothing",
    ),
    mutant(
        "email-tried-for-ever",
        "notifications/services/queue.py",
        "due.exclude(_LOST_FOR_GOOD)",
        "due",
        f"{DELIVERY}::test_what_workers_were_lost_over_four_times_is_not_tried_again_and_holds_up_nothing",
    ),
    mutant(
        "jobs-that-wait",
        "groundwork/jobs/service.py",
        'select_for_update(skip_locked=True, of=("self",))',
        'select_for_update(of=("self",))',
        f"{WORKERS}::test_while_one_worker_takes_a_job_the_other_takes_the_next",
    ),
    mutant(
        "job-finished-by-whoever-comes",
        "groundwork/jobs/service.py",
        "pk=job.pk, state=JobState.RUNNING, attempts=job.attempts",
        "pk=job.pk",
        f"{JOBS}::test_a_worker_that_was_thought_lost_changes_nothing_when_it_comes_back",
    ),
    mutant(
        "job-tried-for-ever",
        "groundwork/jobs/service.py",
        "if job.attempts > MAXIMUM_ATTEMPTS:",
        "if False:",
        f"{JOBS}::test_a_job_whose_worker_was_lost_is_taken_up_again_and_not_for_ever",
    ),
    mutant(
        "jobs-without-number",
        "groundwork/jobs/service.py",
        ">= UNDER_WAY_AT_MOST",
        ">= 10_000",
        f"{JOBS}::test_one_person_has_so_many_under_way_and_no_more",
    ),
    mutant(
        "preview-confirmed-again",
        "groundwork/jobs/service.py",
        "pk=job.pk, kind=JobKind.CHECK, state=JobState.DONE",
        "pk=job.pk",
        "tests/console/test_import.py::test_one_preview_confirmed_twice_is_imported_once",
    ),
    mutant(
        "passes-claimed-twice",
        "wallet/services/queue.py",
        '        .select_for_update(skip_locked=True, of=("self",))[:limit]',
        "[:limit]",
        f"{RACES}::test_two_workers_claim_different_passes",
    ),
    mutant(
        "passes-claimed-in-spite-of-a-lease",
        "wallet/services/queue.py",
        "filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))",
        "all()",
        f"{RACES}::test_two_workers_claim_different_passes",
    ),
    mutant(
        "passes-settled-version-by-version",
        "wallet/services/queue.py",
        "held.filter(pk__in=alike).update(",
        "_held([row for row in rows if row.pk in alike]).update(",
        f"{PASSES}::test_a_worker_that_settles_several_versions_locks_all_its_passes_first",
    ),
]
