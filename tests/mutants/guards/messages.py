"""Messages between rooms and work in the background: told once, in their merchant's scope, and not for ever."""

from tests.mutants.mutant import mutant

WORKERS = "tests/concurrency/test_workers_at_once.py"
PASSES = "tests/wallet/test_order_of_locks.py"
OUTBOX = "tests/groundwork/test_outbox.py"
ORDER = "tests/concurrency/test_order_at_once.py"
TOGETHER = "tests/groundwork/test_outbox_together.py"
JOBS = "tests/console/test_background.py"
JOB_WORKERS = "tests/console/test_background_workers.py"
CONFIRMED = "tests/console/test_import.py::test_only_a_preview_that_went_well_is_confirmed"

MUTANTS = [
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
        "    return len(messages), sum(",
        "    with transaction.atomic():\n        return len(messages), sum(",
        f"{WORKERS}::test_a_message_is_settled_before_the_next_one_is_delivered",
        f"{PASSES}::test_a_look_spreads_while_a_relay_delivers_in_the_order_of_its_messages",
    ),
    mutant(
        "relays-heed-no-order",
        "groundwork/messaging/outbox.py",
        "if not _is_its_turn(message):",
        "if False:",
        f"{ORDER}::test_while_one_relay_is_at_a_cards_message_the_other_leaves_the_next_ones_and_rings_for_them",
    ),
    mutant(
        "what-failed-keeps-the-next-ones-waiting",
        "groundwork/messaging/outbox.py",
        "pk__lt=message.pk, attempts=0)",
        "pk__lt=message.pk)",
        f"{ORDER}::test_what_has_failed_keeps_those_after_it_waiting_for_nobody",
    ),
    mutant(
        "a-large-message-is-joined-too",
        "groundwork/messaging/outbox.py",
        "joins = _is_small(message) and not",
        "joins = not",
        f"{TOGETHER}::test_small_messages_of_one_merchant_are_heard_as_one_in_their_order",
    ),
    mutant(
        "messages-of-two-merchants-are-joined",
        "groundwork/messaging/outbox.py",
        "(message.subscriber, _besides_lists(message.payload))",
        "message.subscriber",
        f"{TOGETHER}::test_small_messages_of_one_merchant_are_heard_as_one_in_their_order",
    ),
    mutant(
        "what-has-failed-is-joined-again",
        "groundwork/messaging/outbox.py",
        " and not message.attempts and subscriptions",
        " and subscriptions",
        f"{TOGETHER}::test_where_one_of_them_fails_the_others_are_heard_all_the_same_and_once",
    ),
    mutant(
        "joined-messages-without-a-transaction",
        "groundwork/messaging/outbox.py",
        "@transaction.atomic\ndef _relay_as_one",
        "def _relay_as_one",
        f"{TOGETHER}::test_where_one_of_them_fails_the_others_are_heard_all_the_same_and_once",
    ),
    mutant(
        "a-ring-that-was-not-sent-counts-as-unanswered",
        "groundwork/messaging/doorbell.py",
        "    except Exception:\n        answered(task)\n        raise\n",
        "    except Exception:\n        raise\n",
        "tests/groundwork/test_doorbell.py::test_a_ring_that_could_not_be_sent_keeps_no_other_from_being",
    ),
    mutant(
        "a-ring-stays-unanswered",
        "loyalty_site/celery.py",
        "        doorbell.answered(self.name)\n",
        "",
        "tests/groundwork/test_doorbell.py::test_whoever_takes_a_ring_up_is_rung_for_again",
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
        "            with transaction.atomic():\n                _hand_over([message])\n",
        "            _hand_over([message])\n",
        f"{OUTBOX}::test_a_listener_that_fails_leaves_nothing_behind_and_spoils_nothing_for_others",
    ),
    mutant(
        "a-day-of-settled-messages-is-dropped-before-its-end",
        "groundwork/messaging/settled.py",
        "if _begin(day) + timedelta(days=1) <= now - KEPT",
        "if _begin(day) <= now - KEPT",
        f"{OUTBOX}::test_settled_messages_lie_in_their_day_which_is_dropped_a_week_later_and_others_stay",
    ),
    mutant(
        "settled-messages-stay-in-the-queue",
        "groundwork/messaging/settled.py",
        "WITH gone AS (DELETE FROM {waiting._meta.db_table} WHERE id = ANY(%s) RETURNING *)",
        "WITH gone AS (SELECT * FROM {waiting._meta.db_table} WHERE id = ANY(%s))",
        f"{OUTBOX}::test_settled_messages_lie_in_their_day_which_is_dropped_a_week_later_and_others_stay",
    ),
    mutant(
        "handler-without-the-merchants-scope",
        "groundwork/messaging/outbox.py",
        "        around.enter_context(first.scope())\n",
        "",
        f"{OUTBOX}::test_the_relay_delivers_once_in_the_merchants_scope",
    ),
    mutant(
        "job-tried-for-ever",
        "groundwork/jobs/service.py",
        "if job.attempts > MAXIMUM_ATTEMPTS:",
        "if False:",
        f"{JOB_WORKERS}::test_a_job_whose_worker_was_lost_is_taken_up_again_and_not_for_ever",
    ),
    mutant(
        "jobs-without-number",
        "groundwork/jobs/service.py",
        ">= UNDER_WAY_AT_MOST",
        ">= 10_000",
        f"{JOBS}::test_one_person_has_so_many_under_way_and_no_more",
    ),
    mutant(
        "list-confirmed-as-a-preview",
        "groundwork/jobs/service.py",
        "pk=job.pk, kind__in=after, state=JobState.DONE",
        "pk=job.pk, state=JobState.DONE",
        f"{CONFIRMED}[a list]",
    ),
    mutant(
        "failed-preview-confirmed",
        "groundwork/jobs/service.py",
        "pk=job.pk, kind__in=after, state=JobState.DONE",
        "pk=job.pk, kind__in=after",
        f"{CONFIRMED}[a failed preview]",
    ),
    mutant(
        "preview-confirmed-without-its-file",
        "groundwork/jobs/service.py",
        "settled.filter(file_size__gt=0, ",
        "settled.filter(",
        f"{CONFIRMED}[a file that is gone]",
    ),
]
