"""Webhooks: where nobody may be led, what is lost to nobody, and who keeps nobody else waiting."""

from tests.mutants.mutant import mutant

ADDRESSES = "tests/webhooks/test_addresses.py"
DELIVERY = "tests/webhooks/test_delivery.py"
SIDE_BY_SIDE = "tests/webhooks/test_together.py"
AT_ONCE = "tests/concurrency/test_webhooks_at_once.py"
FEED = "tests/webhooks/test_feed.py"
API = "tests/webhooks/test_api.py"
NAMES = f"{ADDRESSES}::test_nobody_reaches_our_own_network_by_a_name"
NONE = f"{ADDRESSES}::test_an_address_that_is_none_is_refused_before_anything_is_asked"
TOGETHER = f"{SIDE_BY_SIDE}::test_what_waits_together_goes_over_one_connection_up_to_the_first_that_fails"
FIVE_DAYS = f"{DELIVERY}::test_five_days_of_failure_switch_an_endpoint_off_and_its_owner_is_written_to"
LATE = "tests/concurrency/test_late_events.py::test_a_late_line_is_told_and_an_early_one_does_not_wait"

MUTANTS = [
    # --- where nobody is led ---
    mutant(
        "private-address-behind-a-name",
        "webhooks/addresses.py",
        "if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, found)):",
        "if False:",
        f"{NAMES}[10.0.0.1]",
    ),
    mutant(
        "one-good-address-is-enough",
        "webhooks/addresses.py",
        "not all(map(is_public, found))",
        "not any(map(is_public, found))",
        f"{NAMES}[10.0.0.1]",
    ),
    mutant(
        "address-in-disguise",
        "webhooks/addresses.py",
        " or any(ip in network for network in TRANSLATED)",
        "",
        f"{NAMES}[2002:7f00:1::]",
    ),
    mutant(
        "address-of-a-site-s-own",
        "webhooks/addresses.py",
        "ip not in GIVEN_OUT or ",
        "",
        f"{NAMES}[fec0::1]",
    ),
    mutant(
        "address-of-many",
        "webhooks/addresses.py",
        "return ip.is_global and not ip.is_multicast",
        "return ip.is_global",
        f"{NAMES}[ff0e::1]",
    ),
    mutant(
        "user-name-in-an-address",
        "webhooks/addresses.py",
        'or "@" in parts.netloc',
        "",
        f"{NONE}[https://user@shop.example/]",
    ),
    mutant(
        "webhook-over-http",
        "webhooks/addresses.py",
        'is_public = scheme == "https" and (port',
        "is_public = (port",
        f"{NONE}[http://shop.example:8443/]",
    ),
    mutant(
        "port-of-another-service",
        "webhooks/addresses.py",
        ' and (port == PORTS["https"] or port >= FIRST_FREE_PORT)',
        "",
        f"{NONE}[https://shop.example:22/]",
    ),
    mutant(
        "name-resolved-once-more",
        "webhooks/posting.py",
        "socket.create_connection((self.ip, self.port)",
        "socket.create_connection((self.target.host, self.port)",
        f"{ADDRESSES}::test_what_was_looked_at_is_connected_to_and_the_name_is_asked_for_once",
    ),
    mutant(
        "nobody-vouches-for-a-receiver",
        "webhooks/posting.py",
        "return ssl.create_default_context()",
        "return ssl._create_unverified_context()",
        f"{ADDRESSES}::test_over_tls_the_name_is_what_is_asked_for_and_proved",
    ),
    mutant(
        "endless-answer",
        "webhooks/posting.py",
        "response.read1(LONGEST_ANSWER - len(read))",
        "response.read1()",
        f"{DELIVERY}::test_an_endless_answer_is_cut_and_counts_by_its_status",
    ),
    # --- what is lost to nobody, and doubled for nobody ---
    mutant(
        "late-line-passed-over",
        "webhooks/services/progress.py",
        "upto = progress.safe_id if made_upto is None",
        "upto = progress.fence_id if made_upto is None",
        LATE,
    ),
    mutant(
        "number-safe-too-early",
        "groundwork/database/fences.py",
        "now.oldest >= row.fence_xid",
        "now.next >= row.fence_xid",
        f"{FEED}::test_numbers_are_safe_once_every_transaction_of_before_has_ended",
        LATE,
    ),
    mutant(
        "what-was-forgotten-comes-back",
        "webhooks/services/log.py",
        ", created_at__gte=clock.now() - KEPT)",
        ")",
        f"{FEED}::test_thirty_days_are_kept_and_what_is_forgotten_does_not_come_back",
    ),
    mutant(
        "cursor-ahead-of-the-log",
        "webhooks/selectors.py",
        "return position if position <= log.position else 0",
        "return position",
        f"{FEED}::test_a_cursor_that_is_ahead_of_the_log_begins_anew",
    ),
    mutant(
        "a-body-that-waits-for-its-head",
        "webhooks/posting.py",
        "        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n",
        "",
        "tests/webhooks/test_together.py::test_head_and_body_wait_for_nobody",
    ),
    mutant(
        "what-was-not-sent-is-noted",
        "webhooks/services/delivery.py",
        "    DELIVERIES.release(together[len(sent) :])\n",
        "    DELIVERIES.settle(together[len(sent) :], state=State.DELIVERED)\n",
        TOGETHER,
    ),
    mutant(
        "closed-meanwhile-is-a-failure",
        "webhooks/posting.py",
        "return self._posted(body, headers) if was_kept and answer.trouble == NO_ANSWER else answer",
        "return answer",
        f"{SIDE_BY_SIDE}::test_what_was_closed_meanwhile_is_opened_again",
    ),
    mutant(
        "gone-and-still-told",
        "webhooks/services/delivery.py",
        "if answer.status == GONE:",
        "if False:",
        f"{DELIVERY}::test_whoever_says_gone_is_told_nothing_more_until_it_is_switched_on",
    ),
    mutant(
        "what-happened-while-it-was-off",
        "webhooks/services/log.py",
        "event.happened_at >= endpoint.active_since and ",
        "",
        f"{DELIVERY}::test_whoever_says_gone_is_told_nothing_more_until_it_is_switched_on",
    ),
    mutant(
        "failing-for-ever",
        "webhooks/services/delivery.py",
        "failing_since__lte=now - SWITCHED_OFF_AFTER",
        "failing_since__lte=now - 99 * SWITCHED_OFF_AFTER",
        FIVE_DAYS,
    ),
    mutant(
        "failing-too-early",
        "webhooks/services/delivery.py",
        "failing_since__lte=now - SWITCHED_OFF_AFTER",
        "failing_since__lte=now",
        FIVE_DAYS,
    ),
    mutant(
        "cursor-of-another-log",
        "webhooks/selectors.py",
        " or int(match[1]) != log.pk",
        "",
        f"{FEED}::test_a_query_that_means_nothing_is_refused[after=999999.1-after]",
    ),
    mutant(
        "former-secret-for-ever",
        "webhooks/services/endpoints.py",
        " if now < datetime.fromisoformat(each[1])",
        "",
        f"{DELIVERY}::test_for_a_day_both_secrets_sign",
    ),
    mutant(
        "first-of-two-secrets-dropped",
        "webhooks/services/endpoints.py",
        "    found += endpoint.earlier_secrets\n",
        "",
        f"{DELIVERY}::test_a_secret_changed_twice_within_a_day_leaves_the_first_its_day",
    ),
    mutant(
        "webhook-secrets-as-they-are",
        "groundwork/sealing.py",
        "return self._keys().encrypt(text.encode()).decode()",
        "return text",
        f"{DELIVERY}::test_for_a_day_both_secrets_sign",
    ),
    # --- who keeps nobody else waiting ---
    mutant(
        "merchant-with-all-the-places",
        "webhooks/services/queue.py",
        "of_merchant[endpoint.merchant_id] >= OF_A_MERCHANT",
        "False",
        f"{SIDE_BY_SIDE}::test_a_receiver_that_says_nothing_keeps_nobody_elses_waiting",
    ),
    mutant(
        "failing-endpoints-everywhere",
        "webhooks/services/queue.py",
        " or (is_failing and failing >= FAILING_PLACES)",
        "",
        f"{SIDE_BY_SIDE}::test_those_that_fail_have_half_of_the_places",
    ),
    mutant(
        "on-and-on-though-nobody-answers",
        "webhooks/services/delivery.py",
        "if not answers[-1].is_good or monotonic() >= end:",
        "if monotonic() >= end:",
        TOGETHER,
    ),
    mutant(
        "a-trip-without-end",
        "webhooks/services/delivery.py",
        "if not answers[-1].is_good or monotonic() >= end:",
        "if not answers[-1].is_good:",
        f"{SIDE_BY_SIDE}::test_a_slow_receiver_is_sent_what_goes_in_a_few_seconds",
    ),
    mutant(
        "answer-byte-by-byte",
        "webhooks/posting.py",
        "                    connection.cut()\n",
        "                    pass\n",
        f"{SIDE_BY_SIDE}::test_an_answer_that_comes_byte_by_byte_is_cut_in_time",
    ),
    mutant(
        "a-worker-that-waits-for-the-log",
        "webhooks/services/log.py",
        "_for_update(skip_locked=True)",
        "_for_update()",
        f"{AT_ONCE}::test_while_one_worker_makes_events_another_one_sends_those_that_are_made",
    ),
    mutant(
        "an-endpoint-taken-by-two",
        "webhooks/services/queue.py",
        "        under=Endpoint.objects.filter(pk=endpoint.pk),\n",
        "",
        f"{AT_ONCE}::test_of_two_workers_that_see_an_endpoint_free_one_sends_to_it",
    ),
    mutant(
        "what-another-worker-has-begun-is-overtaken",
        "webhooks/services/queue.py",
        "filter(~Exists(_on_its_way(endpoint.pk)), endpoint=endpoint)",
        "filter(endpoint=endpoint)",
        f"{AT_ONCE}::test_of_two_workers_that_see_an_endpoint_free_one_sends_to_it",
    ),
    mutant(
        "endpoints-without-end",
        "webhooks/services/endpoints.py",
        ">= MOST:",
        ">= 10 * MOST:",
        f"{API}::test_a_merchant_has_twenty_endpoints_and_another_one_has_its_own",
    ),
    # --- who may, and who is forgotten ---
    mutant(
        "webhooks-for-everybody",
        "webhooks/api/base.py",
        "        if not merchant_ids:\n            raise OwnerRequired()\n",
        "",
        f"{API}::test_nobody_else_sees_or_changes_them",
    ),
    mutant(
        "erased-and-still-told",
        "webhooks/services/people.py",
        "    _blank(own, _is_personal)\n",
        "",
        "tests/webhooks/test_erasure.py::test_an_erased_person_is_in_no_event_and_no_answer",
    ),
    mutant(
        "why-two-were-merged-still-told-of-the-other",
        "webhooks/services/people.py",
        "    _blank(others, _is_note)\n",
        "",
        "tests/loyalty/api/test_erasure_of_reasons.py::"
        "test_why_two_cards_were_merged_names_nobody_who_is_erased",
    ),
    mutant(
        "erased-and-still-answered",
        "webhooks/services/people.py",
        'told.update(response_body="", ',
        "told.update(",
        "tests/webhooks/test_erasure.py::test_an_erased_person_is_in_no_event_and_no_answer",
    ),
]
