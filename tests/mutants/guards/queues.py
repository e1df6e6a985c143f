"""Queues: the outbox, jobs, e-mails and passes; each row is taken by one worker, for as long as its lease."""

from tests.mutants.mutant import mutant

WORKERS = "tests/concurrency/test_workers_at_once.py"
ORDER = "tests/concurrency/test_order_of_locks.py"
PASSES = "tests/wallet/test_order_of_locks.py"
RACES = "tests/wallet/test_races.py"
QUEUE = "tests/groundwork/test_queue.py"
CLOCKS = "tests/groundwork/test_queue_clocks.py"
OUTBOX = "tests/groundwork/test_outbox.py"
ORDER = "tests/concurrency/test_order_at_once.py"
TOGETHER = "tests/groundwork/test_outbox_together.py"
SENDING = "tests/groundwork/test_sending.py"
PASSING_FAULTS = "tests/notifications/test_passing_faults.py"
CLOCK = "tests/loyalty/test_expiry_clock.py"
SILENT = "tests/test_silent_database.py"
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
