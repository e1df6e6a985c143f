"""Queues: e-mails, passes and all that waits; each row is taken by one worker, for as long as its lease."""

from tests.mutants.mutant import mutant

WORKERS = "tests/concurrency/test_workers_at_once.py"
PASSES = "tests/wallet/test_order_of_locks.py"
QUEUE = "tests/groundwork/test_queue.py"
CLOCKS = "tests/groundwork/test_queue_clocks.py"
OUTBOX = "tests/groundwork/test_outbox.py"
SENDING = "tests/groundwork/test_sending.py"
PASSING_FAULTS = "tests/notifications/test_passing_faults.py"
CLOCK = "tests/loyalty/test_expiry_clock.py"
SILENT = "tests/test_silent_database.py"

MUTANTS = [
    mutant(
        "looks-spread-without-a-lock",
        "wallet/services/designs.py",
        "next(iter(SPREADING.take(early=True)), None)",
        "SPREADING.free(SPREADING.rows()).first()",
        f"{WORKERS}::test_while_one_worker_spreads_a_look_the_other_spreads_the_next",
    ),
    mutant(
        "passes-settled-in-no-order",
        "wallet/services/queue.py",
        "held = in_order(_of(rows[0]).held(rows))",
        "held = _of(rows[0]).held(rows)",
        f"{PASSES}::test_a_worker_that_settles_several_versions_locks_all_its_passes_first",
    ),
    mutant(
        "rows-taken-without-a-lock",
        "groundwork/queue/queue.py",
        'stamped.select_for_update(skip_locked=True, of=("self",))[:limit]',
        "stamped[:limit]",
        f"{WORKERS}::test_while_one_worker_is_at_a_message_the_other_goes_on_with_the_next",
        f"{WORKERS}::test_while_one_worker_takes_an_email_the_other_takes_the_next",
    ),
    mutant(
        "rows-that-are-waited-for",
        "groundwork/queue/queue.py",
        'select_for_update(skip_locked=True, of=("self",))',
        'select_for_update(of=("self",))',
        f"{WORKERS}::test_while_one_worker_is_at_a_message_the_other_goes_on_with_the_next",
        f"{WORKERS}::test_while_one_worker_takes_an_email_the_other_takes_the_next",
        f"{WORKERS}::test_while_one_worker_takes_a_job_the_other_takes_the_next",
    ),
    mutant(
        "rows-taken-in-spite-of-a-lease",
        "groundwork/queue/queue.py",
        "return rows.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=clock.now()))",
        "return rows",
        f"{QUEUE}::test_what_is_taken_is_taken_once_until_its_lease_runs_out",
    ),
    mutant(
        "queue-by-the-workers-clock",
        "groundwork/queue/clock.py",
        "return Now()",
        (
            "from django.db.models import DateTimeField, Value\n"
            "    from django.utils import timezone\n\n"
            "    return Value(timezone.now(), DateTimeField())"
        ),
        f"{CLOCKS}::test_a_worker_whose_clock_is_off_takes_nothing_out_of_anothers_hands",
    ),
    mutant(
        "rows-settled-by-whoever-comes",
        "groundwork/queue/queue.py",
        "return self._same(rows).filter(lease__in=tokens)",
        "return self._same(rows)",
        f"{QUEUE}::test_who_comes_back_after_somebody_else_took_it_changes_nothing",
    ),
    mutant(
        "rows-that-are-not-due",
        "groundwork/queue/queue.py",
        "rows = self.free(rows).filter(next_attempt_at__lte=clock.now())",
        "rows = self.free(rows)",
        f"{QUEUE}::test_what_is_not_due_is_taken_only_by_who_cannot_wait",
    ),
    mutant(
        "rows-that-are-never-given-up",
        "groundwork/queue/queue.py",
        "if self.maximum_attempts is not None and self._failed(row) >= self.maximum_attempts:",
        "if False:",
        f"{QUEUE}::test_what_fails_pauses_longer_each_time_and_is_given_up_in_the_end",
        f"{OUTBOX}::test_what_never_works_rests_as_dead_until_somebody_tries_it_again",
    ),
    mutant(
        "release-that-counts",
        "groundwork/queue/queue.py",
        'uncounted = {"attempts": F("attempts") - 1} if self.counts_taking else {}',
        "uncounted: dict[str, Any] = {}",
        f"{QUEUE}::test_what_could_not_be_tried_is_put_back_and_counts_as_no_attempt",
    ),
    mutant(
        "taking-that-does-not-count",
        "groundwork/queue/queue.py",
        'counted = {"attempts": F("attempts") + 1} if self.counts_taking else {}',
        "counted: dict[str, Any] = {}",
        f"{QUEUE}::test_a_worker_that_is_lost_counts_as_an_attempt_where_taking_counts",
    ),
    mutant(
        "party-that-hangs-asked-for-ever",
        "groundwork/queue/breaker.py",
        "if self._failures >= PATIENCE:",
        "if False:",
        f"{SENDING}::test_a_party_that_hangs_is_asked_three_times_and_then_left_alone_for_growing_pauses",
    ),
    mutant(
        "party-left-alone-by-a-wrong-clock",
        "groundwork/queue/breaker.py",
        "now < until <= now + PAUSES.longest",
        "now < until",
        f"{SENDING}::test_a_clock_that_jumps_keeps_nobody_away_for_long",
    ),
    mutant(
        "one-in-flight",
        "groundwork/queue/sending.py",
        "width = min(2 * width, AT_ONCE) if contact is Contact.ANSWERED else 1",
        "width = 1",
        f"{SENDING}::test_while_a_party_answers_several_are_in_flight_and_all_of_them_are_noted",
    ),
    mutant(
        "more-taken-than-begins",
        "groundwork/queue/sending.py",
        "line.take(width - len(flying))",
        "line.take(AT_ONCE)",
        f"{SENDING}::test_a_party_that_cannot_be_reached_is_asked_once",
    ),
    mutant(
        "email-tried-for-ever",
        "notifications/services/queue.py",
        "    tries_for=TRIES_FOR,\n",
        "",
        f"{PASSING_FAULTS}::test_a_refusal_for_now_is_tried_for_three_days_with_growing_pauses",
    ),
    mutant(
        "broken-merchant-that-stops-the-others",
        "groundwork/fan_out.py",
        "        except Exception:",
        "        except ZeroDivisionError:",
        f"{CLOCK}::test_a_merchant_for_whom_it_fails_spoils_nothing_for_the_others_and_is_tried_again",
    ),
    mutant(
        "probe-behind-what-hangs",
        "loyalty_site/spare_threads.py",
        "if self.busy < self.worker.cfg.threads:",
        "if True:",
        "tests/loyalty_site/test_spare_threads.py::"
        "test_a_probe_is_answered_while_all_threads_are_held_and_all_calls_are_answered_after_it",
    ),
    mutant(
        "database-waited-for-without-end",
        "groundwork/database/postgresql/base.py",
        "timeout or waits.silence()",
        "timeout",
        f"{SILENT}::test_a_connection_that_was_kept_is_given_up_without_waiting_for_a_new_one",
    ),
    mutant(
        "replica-that-lags-is-read",
        "groundwork/database/reading.py",
        "lag is not None and lag <= settings.REPLICA_LAG_SECONDS",
        "lag is not None",
        "tests/test_reading_afar.py::test_a_replica_that_is_away_or_too_far_behind_is_not_read",
    ),
    mutant(
        "replica-read-by-who-has-just-written",
        "loyalty_site/middleware.py",
        "if is_writing or WROTE in request.COOKIES:",
        "if is_writing:",
        "tests/test_reading_afar.py::"
        "test_the_consoles_lists_are_read_afar_but_not_by_who_has_just_changed_something",
    ),
    mutant(
        "redis-that-is-full-unseen",
        "loyalty_site/health.py",
        'client.set(PROBE_KEY, "1", ex=60)',
        "client.ping()",
        "tests/loyalty_site/test_health.py::test_a_redis_that_is_full_is_seen_though_it_answers",
    ),
]
